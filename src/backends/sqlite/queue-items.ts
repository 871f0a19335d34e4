import { idTimeMs } from '#base/id.ts';
import type { QueueId } from '#base/id.ts';
import type { QueueFilter, QueueItem } from '#store/contract/queue.ts';
import type { Part } from './queue-rows.ts';
import type { OpenedEntry, QueueSealing } from './queue-sealing.ts';
import type { ListedEntry } from './queue-worker.ts';

/* An entry as a person sees it. */

/** Why a person has to look. */
export const damaged =
  'the stored message is damaged and cannot be opened; restore it from a backup, or drop it';

export function itemOf(sealing: QueueSealing, { entry: sealed, parts }: ListedEntry): QueueItem | undefined {
  const opened = sealing.open(sealed);
  if (!opened.ok) return opened.error === 'damaged' ? damagedItem(sealed.id) : undefined;
  const { entry } = opened.value;
  const { id, traceId, receivedAtMs, expiresAtMs, from, submitter, summary } = entry;
  const states = parts.flatMap((part) => part.members.map((n) => ({ n, part }))).sort((a, b) => a.n - b.n);
  const recipients = states.flatMap(({ n, part }) => recipientOf(opened.value, n, part));
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

/** Held for certain as soon as it has been due. */
function damagedItem(id: QueueId): QueueItem {
  const atMs = idTimeMs(id);
  return {
    id,
    damage: damaged,
    traceId: undefined,
    receivedAtMs: atMs,
    expiresAtMs: atMs,
    sizeBytes: 0,
    from: undefined,
    submitter: undefined,
    recipients: [],
  };
}

function recipientOf({ entry, attempt }: OpenedEntry, n: number, part: Part): QueueItem['recipients'] {
  const recipient = entry.recipients[n];
  if (recipient === undefined) return [];
  return [
    {
      address: recipient.address,
      route: recipient.route,
      state: part.state,
      attempts: part.attempts,
      nextAtMs: part.state === 'held' ? undefined : part.nextAtMs,
      last: attempt(part.lastPlace, part.last),
    },
  ];
}

export function matchesFilter({ damage, recipients }: QueueItem, { state, domain }: QueueFilter): boolean {
  if (damage !== undefined) return domain === undefined && (state === undefined || state === 'held');
  return recipients.some(
    (recipient) =>
      (state === undefined || recipient.state === state) &&
      (domain === undefined || recipient.address.domain === domain.toLowerCase()),
  );
}
