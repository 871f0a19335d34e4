import { idTimeMs } from '#base/id.ts';
import type { QueueId } from '#base/id.ts';
import type { QueueItem } from '#store/contract/queue.ts';
import { queueItem } from '#store/queue-item.ts';
import type { QueueSealing } from './queue-sealing.ts';
import type { ListedEntry } from './queue-worker.ts';

/* An entry as a person sees it. */

/** Why a person has to look. */
export const damaged =
  'the stored message is damaged and cannot be opened; restore it from a backup, or drop it';

/** `undefined`: of an erased account. */
export function itemOf(sealing: QueueSealing, { entry: sealed, parts }: ListedEntry): QueueItem | undefined {
  const opened = sealing.open(sealed);
  if (!opened.ok) return opened.error === 'damaged' ? damagedItem(sealed.id) : undefined;
  const { entry, attempt } = opened.value;
  const states = parts.flatMap(({ members, state, attempts, nextAtMs, ...part }) => {
    const last = attempt(part.lastPlace, part.last);
    return members.map((index) => ({ index, state, attempts, nextAtMs, last }));
  });
  return queueItem(
    entry,
    states.sort((a, b) => a.index - b.index),
  );
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
