import type { QueueId, TraceId } from '#base/id.ts';

/** The decision trace, version 1 (CONTRACTS §5): what happened to a message or an attempt, and why. */
export interface TraceRecord {
  readonly v: 1;
  readonly id: TraceId;
  readonly kind: 'message' | 'attempt' | 'login' | 'connection';
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly direction: 'inbound' | 'outbound' | 'local';
  readonly session: TraceSession;
  readonly queueId?: QueueId;
  readonly envelope?: TraceEnvelope;
  /** With `asked`, all that a check may read: replay is the same check on the record. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly asked: readonly TraceQuestion[];
  readonly steps: readonly TraceStep[];
  readonly verdict: TraceVerdict;
  readonly deliveries: readonly TraceDelivery[];
}

export interface TraceSession {
  readonly id: string;
  readonly listener: string;
  readonly role: string;
  readonly client: string;
  readonly tls?: { readonly version: string; readonly cipher: string };
  readonly helo?: string;
  readonly account?: string;
  readonly mechanism?: string;
}

export interface TraceEnvelope {
  readonly from: string;
  readonly to: readonly { readonly address: string; readonly outcome: string }[];
  readonly sizeBytes: number;
  readonly messageId?: string;
}

export interface TraceQuestion {
  readonly kind: 'dns' | 'engine';
  readonly name: string;
  readonly type: string;
  readonly answer: unknown;
  readonly ms: number;
}

export interface TraceStep {
  readonly stage: TraceStage;
  readonly check: string;
  readonly outcome: 'pass' | 'finding' | 'error' | 'skipped' | 'off';
  readonly action?: 'note' | 'score' | 'junk' | 'greylist' | 'defer' | 'refuse' | 'discard';
  readonly score?: number;
  /** Enhanced status, e.g. `5.7.1`. */
  readonly status?: string;
  readonly reason?: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly ms: number;
}

export type TraceStage = 'connect' | 'helo' | 'login' | 'mail' | 'rcpt' | 'message' | 'queue' | 'deliver';

export interface TraceVerdict {
  readonly action: 'accept' | 'defer' | 'refuse' | 'quarantine' | 'discard';
  /** The check or part that decided. */
  readonly by: string;
  readonly score: number;
  readonly status: string;
  readonly text: string;
}

export interface TraceDelivery {
  readonly recipient: string;
  readonly attempt: number;
  readonly at: string;
  readonly host?: string;
  readonly address?: string;
  readonly tls?: string;
  /** The remote server's words, cleaned (S-05). */
  readonly reply?: string;
  readonly outcome: 'delivered' | 'deferred' | 'failed' | 'held' | 'in-doubt' | 'bounced';
  /** Domain and selectors it was signed with, or why it was not (I-39). */
  readonly dkim?: string;
  readonly nextAt?: string;
}
