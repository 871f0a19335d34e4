import type { AccountId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { EventSink } from '#trace/events.ts';
import type { AccountWorker } from './account-calling.ts';

/** Accounts remembered as told; beyond it some are told a second time. */
const toldMax = 1_000;

/** Calls that say nothing of the file when they succeed. */
const silent: ReadonlySet<string> = new Set(['setKey', 'release', 'synced', 'setAside', 'remove']);

/**
 * Puts on record, for the person at the log, that an account's file is out of use, which, why and what to do; and that it is in
 * use again. Each is told once, however many ask meanwhile.
 */
export function fenceNotices(events: EventSink): (worker: AccountWorker) => AccountWorker {
  const fenced = new Map<AccountId, string>();

  function failed(account: AccountId, trouble: Trouble): void {
    if (trouble.code !== 'fenced' || fenced.has(account)) return;
    if (fenced.size >= toldMax) fenced.clear();
    const { file, detail } = trouble;
    fenced.set(account, file);
    events.emit({ name: 'account-fenced', account, file, detail });
  }

  function went(account: AccountId): void {
    const file = fenced.get(account);
    if (file === undefined) return;
    fenced.delete(account);
    events.emit({ name: 'account-restored', account, file });
  }

  return (worker) => {
    const calls = Object.entries(worker.call).map(([name, call]) => {
      const operation = call as (args: { account: AccountId }) => Promise<Result<unknown, Trouble>>;
      const watched = async (args: { account: AccountId }): Promise<Result<unknown, Trouble>> => {
        const answer = await operation(args);
        if (!answer.ok) failed(args.account, answer.error);
        else if (fenced.size > 0 && !silent.has(name)) went(args.account);
        return answer;
      };
      return [name, watched] as const;
    });
    return { ...worker, call: Object.fromEntries(calls) as unknown as AccountWorker['call'] };
  };
}
