import type { TraceQuestion } from '#trace/record.ts';

/**
 * RFC 8601 §2.7.3, in the words of P-15: `confirmed` is pass, `unconfirmed` (names, but none leads back) fail,
 * `no-name` (nothing published) permerror, `unanswered` (the DNS did not say) temperror.
 */
export type IprevFinding = 'confirmed' | 'unconfirmed' | 'no-name' | 'unanswered';

export interface IprevOutcome {
  readonly finding: IprevFinding;
  /** For Authentication-Results. */
  readonly result: 'pass' | 'fail' | 'temperror' | 'permerror';
  /** The first name that leads back to the address, in lower case; only with `confirmed`. */
  readonly name?: string;
  /** The names that the address's owner gave it, cleaned, at most ten. */
  readonly names: readonly string[];
  /** Questions in order; each asked once. */
  readonly asked: readonly TraceQuestion[];
}
