import { formatAddress } from '#mail/address.ts';
import type { Lease, Settlement } from '#store/contract/queue.ts';
import type { EventSink } from '#trace/events.ts';
import type { DeliveryResult } from './delivery-result.ts';
import type { Results } from './settle-attempt.ts';

/** One event for each recipient: what the attempt came to. */
export function tellAttempt(
  events: EventSink,
  results: Results,
  settlements: readonly Settlement<Lease>[],
): void {
  for (const settlement of settlements) {
    for (const index of settlement.recipients) {
      const result = results.get(index);
      if (result !== undefined) tell(events, result, { settlement, index });
    }
  }
}

interface Told {
  readonly settlement: Settlement<Lease>;
  readonly index: number;
}

function tell(events: EventSink, result: DeliveryResult, { settlement, index }: Told): void {
  const { lease, outcome } = settlement;
  const address = lease.entry.recipients[index]?.address;
  const recipient = address === undefined ? '' : formatAddress(address);
  const { attempt } = lease;
  const queue = lease.entry.id;
  const host = result.server?.name;
  const reason = result.text;
  if (result.kind === 'in-doubt') {
    events.emit({ name: 'delivery-in-doubt', queue, recipient, host: host ?? '' });
  }
  if (outcome.kind === 'held') events.emit({ name: 'delivery-held', queue, recipient, reason });
  else if (outcome.kind === 'retry') {
    const next = new Date(outcome.atMs).toISOString();
    events.emit({ name: 'delivery-deferred', queue, recipient, host, attempt, next, reason });
  } else if (result.kind === 'delivered') {
    events.emit({ name: 'delivery-done', queue, recipient, host, attempt, reply: reason });
  } else events.emit({ name: 'delivery-failed', queue, recipient, host, attempt, reason });
}
