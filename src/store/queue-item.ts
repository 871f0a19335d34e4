import type { QueueEntry, QueueFilter, QueueItem } from './contract/queue.ts';

type ItemRecipient = QueueItem['recipients'][number];

/** What is left to do for a recipient, by its index in the entry. */
export interface RecipientState extends Pick<ItemRecipient, 'state' | 'attempts' | 'last'> {
  readonly index: number;
  /** When it is due; of a leased one when the lease runs out; of a held one not told. */
  readonly nextAtMs: number;
}

/** An entry as a person sees it; states in the order in which they are shown. */
export function queueItem(entry: QueueEntry, states: readonly RecipientState[]): QueueItem {
  const { id, traceId, receivedAtMs, expiresAtMs, from, submitter, summary } = entry;
  const recipients = states.flatMap(({ index, state, attempts, nextAtMs, last }) => {
    const recipient = entry.recipients[index];
    if (recipient === undefined) return [];
    const { address, route } = recipient;
    return [{ address, route, state, attempts, nextAtMs: state === 'held' ? undefined : nextAtMs, last }];
  });
  return {
    id,
    traceId,
    receivedAtMs,
    expiresAtMs,
    sizeBytes: summary.sizeBytes,
    from,
    submitter,
    recipients,
  };
}

/** A damaged one is held for certain once it has been due; for which domain, nobody knows. */
export function matchesFilter({ damage, recipients }: QueueItem, { state, domain }: QueueFilter): boolean {
  if (damage !== undefined) return domain === undefined && (state === undefined || state === 'held');
  return recipients.some(
    (recipient) =>
      (state === undefined || recipient.state === state) &&
      (domain === undefined || recipient.address.domain === domain.toLowerCase()),
  );
}
