import type { ArcReason } from './arc-outcome.ts';

/** Why a chain does not pass. Thrown inside the reader of chains, a value outside of it. */
export class ArcProblem extends Error {
  readonly reason: ArcReason;

  /** @param detail a sentence of ours, without words from the message */
  constructor(reason: ArcReason, detail: string) {
    super(detail);
    this.name = 'ArcProblem';
    this.reason = reason;
  }
}
