import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { reserve, writeCounters } from './account-counter.ts';
import type { Reservation } from './account-counter.ts';
import type { Counter } from './open-account.ts';
import { load } from './account-file.ts';
import type { AccountFile } from './open-account.ts';
import { sliceMs } from './thread.ts';

/** Work that may be long gives way (`yield`) between two messages; the rest of the thread goes on meanwhile. */
export type Slices<T> = Generator<void, T>;

/**
 * One transaction of an account: numbers reserved before, counters written with it. What was remembered is read anew if it
 * fails. Runs at once as long as it is short, so that most calls never leave the turn.
 */
export function change<T>(
  account: AccountFile,
  wanted: readonly Reservation[],
  work: () => Slices<Result<T, Trouble>>,
): Result<T, Trouble> | Promise<Result<T, Trouble>> {
  const reserved = reserve(account, wanted);
  if (!reserved.ok) return reserved;
  const transaction = account.file.begin();
  if (!transaction.ok) return transaction;
  let raised: readonly Counter[] = [];
  const finish = (result: Result<T, Trouble>): Result<T, Trouble> => {
    const ended = transaction.value.end(result, () => {
      raised = writeCounters(account);
    });
    if (!ended.ok) reload(account);
    else void confirm(account, raised);
    return ended;
  };
  const slices = transaction.value.guard(work);
  return drive(account, orReload(account, slices), finish);
}

/** Everything at once, for work that is short by nature. */
export function changeNow<T>(
  account: AccountFile,
  wanted: readonly Reservation[],
  work: () => Result<T, Trouble>,
  options: { readonly lazy?: boolean } = {},
): Result<T, Trouble> {
  const reserved = reserve(account, wanted);
  if (!reserved.ok) return reserved;
  let raised: readonly Counter[] = [];
  let committed = false;
  try {
    const result = account.file.transaction(() => {
      const done = work();
      if (done.ok) raised = writeCounters(account, options);
      return done;
    });
    committed = result.ok;
    return result;
  } finally {
    if (committed) void confirm(account, raised);
    else reload(account);
  }
}

/** A bug of ours is thrown on, but what is remembered is what is written again: else its sums would be wrong for good. */
function* orReload<T>(account: AccountFile, slices: Slices<T>): Slices<T> {
  try {
    return yield* slices;
  } catch (error) {
    reload(account);
    throw error;
  }
}

function reload(account: AccountFile): void {
  account.file.read(() => {
    load(account);
    return ok(undefined);
  });
}

/** A mark raised along the way counts once a sync has covered it. */
async function confirm(account: AccountFile, raised: readonly Counter[]): Promise<void> {
  if (raised.length === 0) return;
  const marks = raised.map((counter) => [counter, counter.mark] as const);
  const synced = await account.file.sync();
  if (synced.ok) for (const [counter, mark] of marks) counter.durable = Math.max(counter.durable, mark);
}

/** Runs slices to their end, giving the thread away whenever one has lasted `sliceMs`. */
function drive<T>(
  account: AccountFile,
  slices: Slices<Result<T, Trouble>>,
  finish: (result: Result<T, Trouble>) => Result<T, Trouble>,
): Result<T, Trouble> | Promise<Result<T, Trouble>> {
  const ended = slice(account, slices);
  return ended === undefined ? driveOn(account, slices, finish) : finish(ended);
}

async function driveOn<T>(
  account: AccountFile,
  slices: Slices<Result<T, Trouble>>,
  finish: (result: Result<T, Trouble>) => Result<T, Trouble>,
): Promise<Result<T, Trouble>> {
  for (;;) {
    await account.context.yield();
    const ended = slice(account, slices);
    if (ended !== undefined) return finish(ended);
  }
}

/** The result, or `undefined` when the time was up before. */
export function slice<T>(account: AccountFile, slices: Slices<T>): T | undefined {
  const { clock } = account.context;
  const endMs = clock.monotonic() + sliceMs;
  for (;;) {
    const next = slices.next();
    if (next.done === true) return next.value;
    if (clock.monotonic() >= endMs) return undefined;
  }
}

/** All of a sequence, giving way in between. */
export function* gather<T>(items: Iterable<T>): Slices<readonly T[]> {
  const gathered: T[] = [];
  for (const item of items) {
    gathered.push(item);
    yield;
  }
  return gathered;
}
