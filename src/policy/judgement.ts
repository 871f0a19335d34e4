import type { CheckAction } from './stage.ts';

/** Values that a record keeps: plain JSON, foreign text in it cleaned. */
export type Evidence = Readonly<Record<string, unknown>>;

/** What a check says of the facts. */
export type Judgement =
  | { readonly kind: 'pass'; readonly reason?: string; readonly evidence?: Evidence }
  /** It has nothing to say of this mail; no step is written. */
  | { readonly kind: 'silent' }
  /** It could not decide: somebody did not answer. Never a finding, and never a pass. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly evidence?: Evidence }
  /** An allow list names it: lifts lists, greylisting and scores, and nothing else (P-26). */
  | { readonly kind: 'vouch'; readonly reason: string; readonly evidence?: Evidence }
  | CheckFinding;

export interface CheckFinding {
  readonly kind: 'finding';
  /** For the administrator; whole, and for the recipient without evidence. */
  readonly reason: string;
  readonly evidence?: Evidence;
  /** What the sender hears when it is put off or refused; the class digit comes from the action. */
  readonly reply: CheckReply;
  /** How much of the check's weight it scores; 1 when left out. */
  readonly share?: number;
  /** This finding alone never does more, whatever the check is set to. */
  readonly atMost?: CheckAction;
  /** What the recipient is told of a message that goes to Junk for it. */
  readonly mark?: 'impersonation';
}

export interface CheckReply {
  /** Subject and detail of RFC 3463: `7.25`. */
  readonly detail: `${number}.${number}`;
  /** One line. Envelope and authentication: which check, with which values; content: the class only (P-17). */
  readonly text: string;
}

export const pass = { kind: 'pass' } as const satisfies Judgement;
export const silent = { kind: 'silent' } as const satisfies Judgement;
