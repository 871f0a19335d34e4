import type { QueueId } from '#base/id.ts';
import type { RelayEntry } from '#policy/relay/relay-entry.ts';
import type { TraceBuilder } from '#trace/trace-builder.ts';
import type { MailParameters, TransactionContext } from './intake.ts';
import type { AnswerTimes } from './answer-times.ts';
import type { IntakeParts } from './intake-parts.ts';
import type { RefusedTraces } from './refused-traces.ts';
import type { MessageQuota } from './sending-limits.ts';

/** What a transaction begins with. */
export interface TransactionStart {
  readonly parts: IntakeParts;
  readonly refusedTraces: RefusedTraces;
  readonly answers: AnswerTimes;
  readonly context: TransactionContext;
  readonly mail: MailParameters;
  readonly trace: TraceBuilder;
  readonly queueId: QueueId;
  /** It comes by this exception: its client may send to others, and its sender is one of the entry's (P-10). */
  readonly relay?: RelayEntry | undefined;
  /** How much its sender may still send; `undefined`: he is not counted. */
  readonly quota?: MessageQuota | undefined;
}
