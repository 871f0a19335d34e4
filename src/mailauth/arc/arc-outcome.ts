import type { Domain } from '#mail/domain.ts';
import type { TraceQuestion } from '#trace/record.ts';

/** RFC 8617 §4.4 (chain validation status). */
export type ArcResult = 'none' | 'pass' | 'fail';

export type ArcReason =
  | 'none'
  | 'verified'
  /** More than `arcSetsMax` sets. */
  | 'too-many-sets'
  /** A set without one of its fields, with two of them, or a gap in the numbers. */
  | 'structure'
  | 'syntax'
  /** `cv=` of a seal says fail, or is not what its place asks for. */
  | 'chain-value'
  | 'message-signature'
  | 'seal'
  /** The look-up failed or the budget was used up: try again another time. */
  | 'dns';

/** One ARC set, as far as it was looked at. */
export interface ArcSet {
  /** `i=`. */
  readonly instance: number;
  /** `d=` and `s=` of the seal. */
  readonly sealer: Domain;
  readonly selector: string;
  /** `cv=`: what the sealer found of the chain before it. */
  readonly chainValue: 'none' | 'pass' | 'fail';
  /** `unchecked`: a later field failed first, or (message signature) a later set exists. */
  readonly seal: ArcCheck;
  readonly messageSignature: ArcCheck;
  /** ARC-Authentication-Results after `i=N;`, unfolded: what the sealer says that it saw. */
  readonly authenticationResults: string;
}

export type ArcCheck = 'pass' | 'fail' | 'temperror' | 'unchecked';

/** What the ARC chain of a message came to (RFC 8617 §5.2). Whom to believe is policy's business: `trustedArcSet`. */
export interface ArcOutcome {
  readonly result: ArcResult;
  readonly reason: ArcReason;
  /** One sentence without a full stop. */
  readonly detail: string;
  /** From the first to the last; empty when the chain has no readable form. */
  readonly sets: readonly ArcSet[];
  /** Names of fields in the message that the last message signature does not cover, or not all of. */
  readonly unsigned: readonly string[];
  /** Look-ups of keys, for the trace. */
  readonly asked: readonly TraceQuestion[];
}
