import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { AccountWorker } from './account-calling.ts';
import { kind } from './account-worker.ts';
import { startInThread, startThread } from './thread-start.ts';
import type { WorkerContext } from './thread.ts';

/** Open account files kept in all, where the system's limit of descriptors allows it (STORAGE §1). */
const handlesWished = 4_096;

/** Each open file takes two descriptors, and a third once it was synced. */
const descriptorsEach = 3;

/** All threads together, but each at least one: the disk, and the threads that wait for it, are new mail's too. */
const syncsAtOnce = 2;

/** Open files for all threads together: at most a quarter of RLIMIT_NOFILE. */
export async function handlesAllowed(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  const descriptors = soft === undefined ? 4_096 : Number(soft);
  return Math.max(16, Math.min(handlesWished, Math.floor(descriptors / 4 / descriptorsEach)));
}

/** Protocol threads get the other cores. */
export function threadsWished(): number {
  return Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)));
}

/** Starts the storage threads of the accounts below `folder`. */
export async function startAccountThreads(options: {
  readonly folder: string;
  readonly threads?: number;
}): Promise<Result<readonly AccountWorker[], Trouble>> {
  const { folder, threads = threadsWished() } = options;
  const handlesMax = Math.max(4, Math.floor((await handlesAllowed()) / threads));
  const syncsMax = Math.max(1, Math.floor(syncsAtOnce / threads));
  const workers: AccountWorker[] = [];
  for (let at = 0; at < threads; at += 1) {
    const started = await startThread(kind, { init: { handlesMax, syncsMax }, folder });
    if (started.ok) {
      workers.push(started.value);
      continue;
    }
    await Promise.all(workers.map((worker) => worker.close()));
    return started;
  }
  return ok(workers);
}

/** The same in the caller's thread: tests, simulation, small machines. */
export function startAccountsInThread(
  context: Omit<WorkerContext, 'yield'>,
  handlesMax = 64,
): Promise<Result<AccountWorker, Trouble>> {
  return startInThread(kind, { init: { handlesMax, syncsMax: syncsAtOnce }, context });
}
