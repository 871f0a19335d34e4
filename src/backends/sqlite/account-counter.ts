import type { AccountFile, Counter } from './open-account.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { systemFlags } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { numberBlockStep } from '#store/number-block.ts';

/** RFC 9051 §2.3.1.1: UIDs have 32 bits. */
const uidMax = 2 ** 32 - 1;

/** When fewer than this are left, the next block is reserved along with the current commit, off the way. */
const reserveAhead = numberBlockStep / 2;

/** With its first block written along; it counts as reserved once a sync has covered it. */
export function newCounter(number: number, modseq: number): Counter {
  const none = { messages: 0, unseen: 0, deleted: 0, bytes: 0 };
  return { number, next: 1, mark: 1 + numberBlockStep, durable: 1, modseq, ...none, dirty: true };
}

export function readCounters(account: Pick<AccountFile, 'sql'>): Map<number, Counter> {
  const rows = account
    .sql('SELECT number, next, mark, modseq, messages, unseen, deleted, bytes FROM counter')
    .all();
  return new Map(
    rows.map((row) => {
      const field = (name: string): number => Number(row[name]);
      const number = field('number');
      const mark = field('mark');
      const counter: Counter = {
        number,
        next: field('next'),
        mark,
        durable: mark,
        modseq: field('modseq'),
        messages: field('messages'),
        unseen: field('unseen'),
        deleted: field('deleted'),
        bytes: field('bytes'),
        dirty: false,
      };
      return [number, counter];
    }),
  );
}

/**
 * Writes what changed; blocks that run low get their next mark with it. Returns the counters whose mark rose. `lazy`
 * writes only these: arrivals alone can be counted again from the end of their mailbox (`countArrivals`), so that a
 * delivery writes a page less.
 */
export function writeCounters(
  account: Pick<AccountFile, 'sql' | 'counters'>,
  { lazy = false }: { readonly lazy?: boolean } = {},
): readonly Counter[] {
  const raised: Counter[] = [];
  if (lazy && !account.counters.values().some(runsLow)) return raised;
  for (const counter of account.counters.values()) {
    if (!counter.dirty) continue;
    if (runsLow(counter)) {
      counter.mark += numberBlockStep;
      raised.push(counter);
    }
    const { number, next, mark, modseq, messages, unseen, deleted, bytes } = counter;
    account
      .sql(
        'INSERT OR REPLACE INTO counter(number, next, mark, modseq, messages, unseen, deleted, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(number, next, mark, modseq, messages, unseen, deleted, bytes);
    counter.dirty = false;
  }
  return raised;
}

function runsLow({ dirty, durable, mark, next }: Counter): boolean {
  return dirty && durable > 1 && mark - next < reserveAhead;
}

export interface Reservation {
  readonly counter: Counter;
  readonly count: number;
}

/**
 * Before a transaction that takes numbers: makes sure that so many are reserved on disk. Mostly they are; else the mark
 * is raised with a full sync.
 */
export function reserve(account: AccountFile, wanted: readonly Reservation[]): Result<void, Trouble> {
  const short = wanted.filter(({ counter, count }) => counter.next + count > counter.durable);
  if (short.length === 0) return ok(undefined);
  const exhausted = short.some(({ counter, count }) => counter.number > 0 && counter.next + count > uidMax);
  if (exhausted) return err({ code: 'limit', what: 'uids', max: uidMax });
  const raised = account.file.transactionFull(() => {
    for (const { counter, count } of short) {
      counter.mark = Math.max(
        counter.mark,
        Math.ceil((counter.next + count) / numberBlockStep + 1) * numberBlockStep,
      );
      counter.dirty = true;
    }
    writeCounters(account);
    return ok(undefined);
  });
  if (raised.ok) for (const { counter } of short) counter.durable = counter.mark;
  return raised;
}

/** Takes the next of a reserved block. */
export function takeNumber(counter: Counter): number {
  if (counter.next >= counter.durable) throw new Error('a number is taken that was not reserved');
  counter.dirty = true;
  counter.next += 1;
  return counter.next - 1;
}

/** Puts a message with these flags into a mailbox's sums, or takes it out. */
export function count(
  counters: readonly Counter[],
  message: { readonly flags: number; readonly sizeBytes: number },
  sign: 1 | -1,
): void {
  for (const counter of counters) {
    counter.messages += sign;
    counter.bytes += sign * message.sizeBytes;
    countFlags(counter, message.flags, sign);
  }
}

export function countFlags(counter: Counter, flags: number, sign: 1 | -1): void {
  if ((flags & systemFlags['\\Seen']) === 0) counter.unseen += sign;
  if ((flags & systemFlags['\\Deleted']) !== 0) counter.deleted += sign;
  counter.dirty = true;
}
