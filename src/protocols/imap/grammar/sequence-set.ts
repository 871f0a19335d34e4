import { sequenceRangesMax } from '../limits.ts';
import type { Cursor } from './cursor.ts';
import { nonZeroNumber } from './strings.ts';

/** Both ends included, ascending. */
export type NumberRange = readonly [from: number, to: number];

/** `*` until a mailbox says what it means. */
const star = Infinity;

/** `sequence-set` (RFC 9051 §9) as written; `saved` is `$` (SEARCHRES). */
export type SequenceSet =
  | { readonly kind: 'saved' }
  | { readonly kind: 'ranges'; readonly ranges: readonly NumberRange[] };

export function sequenceSet(cursor: Cursor): SequenceSet {
  if (cursor.skip('$')) return { kind: 'saved' };
  const ranges: NumberRange[] = [];
  do {
    if (ranges.length >= sequenceRangesMax) cursor.fail(`at most ${sequenceRangesMax} ranges`);
    const first = sequenceNumber(cursor);
    const second = cursor.skip(':') ? sequenceNumber(cursor) : first;
    ranges.push(first <= second ? [first, second] : [second, first]);
  } while (cursor.skip(','));
  return { kind: 'ranges', ranges: mergeRanges(ranges) };
}

function sequenceNumber(cursor: Cursor): number {
  return cursor.skip('*') ? star : nonZeroNumber(cursor, 'a message number, * or $');
}

/**
 * Puts the largest number in use for `*`. RFC 9051 §9 seq-range: `*:4` is `4:*`, and a UID range that reaches
 * beyond the last message still contains it when one end is `*`.
 */
export function resolveStar(ranges: readonly NumberRange[], largest: number): NumberRange[] {
  return mergeRanges(
    ranges.map(([from, to]) => {
      const a = from === star ? largest : from;
      const b = to === star ? largest : to;
      return a <= b ? [a, b] : [b, a];
    }),
  );
}

/** Ascending, without overlaps, neighbours joined. */
export function mergeRanges(ranges: readonly NumberRange[]): NumberRange[] {
  const sorted = [...ranges].sort((a, b) => (a[0] === b[0] ? 0 : a[0] < b[0] ? -1 : 1));
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** Ascending numbers as ranges. */
export function runsOf(numbers: ArrayLike<number>): NumberRange[] {
  const runs: [number, number][] = [];
  for (let i = 0; i < numbers.length; i += 1) {
    const number = numbers[i] ?? 0;
    const last = runs.at(-1);
    if (last !== undefined && last[1] + 1 === number) last[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}

/** Ascending numbers as a `sequence-set`: `2,4:7,9`. */
export function formatNumbers(numbers: ArrayLike<number>): string {
  return runsOf(numbers)
    .map(([from, to]) => (from === to ? `${from}` : `${from}:${to}`))
    .join(',');
}
