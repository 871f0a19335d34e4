import { formatAddress } from '#mail/address.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Queue, QueueItem } from '#store/contract/queue.ts';
import type { Traces } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { EventSink } from '#trace/events.ts';

/** So long a message that failed and whose return path is not proven waits for a person (S-04). */
export const heldMsMax = 14 * 86_400_000;

const pageItems = 256;

export interface HeldParts {
  readonly queue: Pick<Queue, 'list' | 'drop'>;
  readonly traces: Pick<Traces, 'delivered'>;
  readonly clock: Clock;
  readonly events: EventSink;
}

/**
 * Drops what was held because it failed with an unproven return path, `heldMsMax` after its last attempt; the trace and
 * an event say so. What a person held, a restore brought back or a trial server keeps is never dropped, and a message goes
 * only when all its recipients that are left may. Returns how many messages went.
 */
export async function expireHeld(parts: HeldParts): Promise<Result<number, Trouble>> {
  const { queue, clock } = parts;
  const beforeMs = clock.now() - heldMsMax;
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await queue.list({ state: 'held' }, cursor, pageItems);
    if (!page.ok) return page;
    for (const item of page.value.items.filter((each) => isExpired(each, beforeMs))) {
      const dropped = await queue.drop(item.id);
      if (dropped.ok) {
        tell(parts, item);
        count += 1;
      } else if (dropped.error.code !== 'not-found') return dropped;
    }
    cursor = page.value.next;
  } while (cursor !== undefined);
  return ok(count);
}

function isExpired({ recipients }: QueueItem, beforeMs: number): boolean {
  if (recipients.length === 0) return false;
  return recipients.every(
    ({ state, last }) => state === 'held' && last?.unproven === true && last.atMs < beforeMs,
  );
}

function tell({ traces, clock, events }: HeldParts, { id, traceId, recipients }: QueueItem): void {
  const at = new Date(clock.now()).toISOString();
  const deliveries = recipients.map(({ address, attempts, last }) => ({
    recipient: formatAddress(address),
    attempt: attempts,
    at,
    reply: `held for ${heldMsMax / 86_400_000} days and dropped; last: ${last?.reply ?? ''}`,
    outcome: 'failed' as const,
  }));
  if (traceId !== undefined) traces.delivered(traceId, deliveries);
  for (const { recipient, reply: reason } of deliveries)
    events.emit({ name: 'held-expired', queue: id, recipient, reason });
}
