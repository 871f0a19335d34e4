import type { QueueId } from '#base/id.ts';
import type { TraceBuilder } from '#trace/trace-builder.ts';
import type { MailParameters, TransactionContext } from './intake.ts';
import type { AnswerTimes } from './answer-times.ts';
import type { IntakeParts } from './intake-parts.ts';
import type { RefusedTraces } from './refused-traces.ts';

/** What a transaction begins with. */
export interface TransactionStart {
  readonly parts: IntakeParts;
  readonly refusedTraces: RefusedTraces;
  readonly answers: AnswerTimes;
  readonly context: TransactionContext;
  readonly mail: MailParameters;
  readonly trace: TraceBuilder;
  readonly queueId: QueueId;
}
