import type { AccountId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { AccountFile } from './open-account.ts';
import type { AccountHandles } from './account-handles.ts';
import { slice } from './account-transaction.ts';
import type { Slices } from './account-transaction.ts';
import type { WorkerContext } from './thread.ts';

/**
 * Long work that lets others use the file between its slices, deliveries above all. It must bear that messages come and go
 * meanwhile, and is begun anew if the file was closed and opened again.
 */
export async function asGuest<T>(
  { handles, context }: { readonly handles: AccountHandles; readonly context: WorkerContext },
  id: AccountId,
  work: (account: AccountFile) => Slices<Result<T, Trouble>>,
): Promise<Result<T, Trouble>> {
  let slices: Slices<Result<T, Trouble>> | undefined;
  let of: AccountFile | undefined;
  for (;;) {
    const step = await handles.use(id, (account) => {
      if (of !== account || slices === undefined) slices = work(account);
      of = account;
      const current = slices;
      return account.file.read(() => ok({ ended: slice(account, current) }));
    });
    if (!step.ok) return step;
    if (step.value.ended !== undefined) return step.value.ended;
    await context.yield();
  }
}
