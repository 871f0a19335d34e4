import type { Queue } from '#store/contract/queue.ts';
import { pageItemsMax } from '#store/contract/page.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { retryDelayMsMax } from '#delivery/outbound/back-off.ts';

/**
 * After the wall clock went back, what was put off until a time before the jump would wait for as long as the
 * jump was: everything further away than a retry can be is made due now.
 * @returns the store's trouble, if any; what was left is due at its old time
 */
export async function bringNear(queue: Queue, nowMs: number): Promise<Trouble | undefined> {
  let cursor: string | undefined;
  do {
    const page = await queue.list({ state: 'waiting' }, cursor, pageItemsMax);
    if (!page.ok) return page.error;
    for (const item of page.value.items) {
      const far = item.recipients.some((one) => isFar(one.nextAtMs, nowMs) && one.state === 'waiting');
      if (far) await queue.change(item.id, { action: 'retry', nowMs });
    }
    cursor = page.value.next;
  } while (cursor !== undefined);
  return undefined;
}

function isFar(nextAtMs: number | undefined, nowMs: number): boolean {
  return nextAtMs !== undefined && nextAtMs > nowMs + retryDelayMsMax;
}
