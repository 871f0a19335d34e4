import { onePiece } from '#base/one-piece.ts';
import { formatAddress } from '#mail/address.ts';
import type { Clock } from '#platform/clock.ts';
import type { Lease } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { EventSink } from '#trace/events.ts';
import type { TraceDelivery } from '#trace/record.ts';
import type { RecipientOutcome } from './deliver-recipient.ts';

export interface ReportParts {
  readonly store: Pick<Store, 'traces'>;
  readonly clock: Clock;
  readonly events: EventSink;
}

export interface LeaseReport {
  add(outcome: RecipientOutcome): void;
  /** Joins all of them to the message's trace. */
  done(): void;
}

/** Tells what became of a lease's recipients, to the log and to the trace; a repetition is not told again. */
export function leaseReport(parts: ReportParts, lease: Lease): LeaseReport {
  const deliveries: TraceDelivery[] = [];
  const at = new Date(parts.clock.now()).toISOString();
  return {
    add(outcome) {
      if (outcome.kind === 'committed' && !outcome.first) return;
      const recipient = onePiece(formatAddress(outcome.recipient.address));
      deliveries.push({ recipient, attempt: lease.attempt, at, ...deliveryWords(outcome) });
      emit(parts, lease, outcome);
    },
    done() {
      if (deliveries.length > 0) parts.store.traces.delivered(lease.entry.traceId, deliveries);
    },
  };
}

function deliveryWords(outcome: RecipientOutcome): Pick<TraceDelivery, 'outcome' | 'reply' | 'nextAt'> {
  if (outcome.kind === 'committed') return { outcome: 'delivered' };
  const { kind, attempt } = outcome.outcome;
  if (kind === 'held') return { outcome: 'held', reply: attempt.reply };
  return { outcome: 'deferred', reply: attempt.reply, nextAt: new Date(outcome.outcome.atMs).toISOString() };
}

function emit({ events }: ReportParts, { entry, attempt }: Lease, outcome: RecipientOutcome): void {
  const queue = entry.id;
  const recipient = formatAddress(outcome.recipient.address);
  if (outcome.kind === 'committed') {
    events.emit({ name: 'delivery-done', queue, recipient, attempt });
    return;
  }
  const reason = outcome.outcome.attempt.reply;
  if (outcome.outcome.kind === 'held') events.emit({ name: 'delivery-held', queue, recipient, reason });
  else {
    const next = new Date(outcome.outcome.atMs).toISOString();
    events.emit({ name: 'delivery-deferred', queue, recipient, attempt, next, reason });
  }
}
