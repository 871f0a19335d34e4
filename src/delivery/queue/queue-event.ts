import type { QueueId } from '#base/id.ts';
import type { Trouble } from '#store/contract/trouble.ts';

/** What the runner tells; logs, metrics and `doctor` are drawn from it. */
export type QueueEvent =
  /** The store could not be asked or would not take a settlement; the work is done again later. */
  | { readonly kind: 'queue-trouble'; readonly during: string; readonly trouble: Trouble }
  /** The wall clock jumped: durations are not affected, every message gets one more attempt (S-12). */
  | { readonly kind: 'clock-jump'; readonly byMs: number }
  /** More is under way than may be, for this destination (`undefined`: local) or in all; due again later. */
  | { readonly kind: 'queue-handed-back'; readonly id: QueueId; readonly destination: string | undefined }
  /** A bug of ours: the lease runs out and the work is done again. */
  | { readonly kind: 'queue-fault'; readonly ids: readonly QueueId[]; readonly fault: unknown };
