/**
 * UIDs and MODSEQs come from a durably reserved block (STORAGE §2): `mark` is on disk, `next` is in memory.
 * A file that was not closed cleanly goes on from its mark, so no number shown is ever given again.
 */
export interface NumberBlock {
  readonly next: number;
  /** Numbers below it are reserved. */
  readonly mark: number;
}

/** The high-water mark rises in these steps, each with a full sync. */
export const numberBlockStep = 256;

export interface TakenNumbers {
  /** The first of `count` numbers in a row. */
  readonly first: number;
  readonly block: NumberBlock;
  /** The mark rose: it must be on disk before any of these numbers is shown. */
  readonly raised: boolean;
}

export function takeNumbers(block: NumberBlock, count: number): TakenNumbers {
  const next = block.next + count;
  const raised = next > block.mark;
  const steps = Math.ceil((next - block.mark) / numberBlockStep);
  const mark = raised ? block.mark + steps * numberBlockStep : block.mark;
  return { first: block.next, block: { next, mark }, raised };
}

/** RFC 9051 §2.3.1.1: rises whenever a name is used anew, also when the clock went back. */
export function nextUidValidity(last: number, nowMs: number): number {
  return Math.max(last + 1, Math.floor(nowMs / 1000));
}
