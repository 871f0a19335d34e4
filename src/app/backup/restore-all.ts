import type { Restored } from '#admin/backup/backup-files.ts';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Progress } from '#admin/progress.ts';
import { troubleError } from '#admin/trouble-error.ts';
import type { RestoreWish } from '#admin/world.ts';
import type { AccountId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { Store } from '#store/contract/store.ts';
import { restoreAccount } from './restore-account.ts';
import { restoreQueue, retryFor } from './restore-queue.ts';

export interface RestoreTask {
  /** A staged backup (`stage-backup.ts`). */
  readonly from: Store;
  readonly to: SqliteStore;
  readonly wish: RestoreWish;
  /** Only this account, and not the queue. */
  readonly account: AccountId | undefined;
  /** What the backup itself lacks. */
  readonly missing: readonly string[];
  readonly nowMs: number;
  readonly madeAtMs: number;
}

/**
 * Brings back what a live store no longer has. Its directory and key ring are the truth: passwords stay as they are now,
 * and an account that is not in it stays erased, even if its address was given to somebody else (S-13).
 */
export async function restoreAll(
  task: RestoreTask,
  progress: (progress: Progress) => void,
): Promise<Result<Restored, AdminError>> {
  const ids = await accountsOf(task.from);
  if (!ids.ok) return ids;
  if (task.account !== undefined && !ids.value.includes(task.account))
    return err(adminError('account-not-found', 'the backup does not hold this account', task.wish.folder));
  const done: RestoredSoFar = {
    accounts: 0,
    messages: 0,
    erased: 0,
    replaced: [],
    missing: [...task.missing],
  };
  for (const id of task.account === undefined ? ids.value : [task.account]) {
    const one = await restoreOne(task, id, { done, progress });
    if (!one.ok) return one;
  }
  const { from, to, nowMs, wish } = task;
  const { madeAtMs } = task;
  const { replaced } = done;
  const { dryRun } = wish;
  const held =
    task.account === undefined ? await restoreQueue({ from, to, nowMs, madeAtMs, replaced, dryRun }) : ok(0);
  if (!held.ok) return err(troubleError(held.error, { where: 'queue' }));
  if (replaced.length > 0 && !dryRun) await retryFor(to, replaced, nowMs);
  return ok({ ...done, held: held.value, asOf: null });
}

interface RestoredSoFar {
  accounts: number;
  messages: number;
  erased: number;
  readonly replaced: string[];
  readonly missing: string[];
}

interface Telling {
  readonly done: RestoredSoFar;
  readonly progress: (progress: Progress) => void;
}

async function restoreOne(
  { from, to, wish, account: only }: RestoreTask,
  account: AccountId,
  { done, progress }: Telling,
): Promise<Result<void, AdminError>> {
  if (!(await to.accounts.get(account)).ok) {
    done.erased += 1;
    return ok(undefined);
  }
  let put = done.messages;
  const each = (): void => progress({ what: 'messages put back', done: (put += 1), total: undefined });
  const { replace, dryRun } = wish;
  const restored = await restoreAccount({ from, to, account, replace, dryRun, each });
  if (restored.ok) {
    done.accounts += 1;
    done.messages += restored.value.messages;
    if (restored.value.replaced) done.replaced.push(account);
    done.missing.push(...restored.value.missing);
    return ok(undefined);
  }
  // One account that cannot be restored must not keep the others waiting.
  if (only !== undefined || restored.error.code === 'disk-full' || restored.error.code === 'unavailable')
    return err(troubleError(restored.error, { where: account }));
  done.missing.push(`account ${account}: ${troubleError(restored.error, { where: account }).message}`);
  return ok(undefined);
}

async function accountsOf({ accounts }: Store): Promise<Result<readonly AccountId[], AdminError>> {
  const ids: AccountId[] = [];
  let cursor: string | undefined;
  do {
    const page = await accounts.list(cursor, 256);
    if (!page.ok) return err(troubleError(page.error, { where: 'accounts' }));
    ids.push(...page.value.items.map(({ id }) => id));
    cursor = page.value.next;
  } while (cursor !== undefined);
  return ok(ids);
}
