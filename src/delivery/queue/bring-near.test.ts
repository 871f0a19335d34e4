import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '#base/result.ts';
import type { QueueId } from '#base/id.ts';
import { retryDelayMsMax } from '#delivery/outbound/back-off.ts';
import type { Queue, QueueFilter } from '#store/contract/queue.ts';
import { bringNear } from './bring-near.ts';

const nowMs = 1_000_000;

function item(id: string, nextAtMs: number, state = 'waiting'): unknown {
  return { id, recipients: [{ state, nextAtMs }] };
}

test('S-12: what a clock that went back left far away is due now, page by page; the rest stays', async () => {
  const pages = [
    [item('near', nowMs + retryDelayMsMax), item('far', nowMs + retryDelayMsMax + 1)],
    [item('leased', nowMs + 2 * retryDelayMsMax, 'leased'), item('far-too', nowMs + 9 * retryDelayMsMax)],
  ];
  const changed: QueueId[] = [];
  const queue = {
    list: async (_filter: QueueFilter, cursor: string | undefined) => {
      const at = Number(cursor ?? 0);
      return ok({ items: pages[at], next: at + 1 < pages.length ? String(at + 1) : undefined });
    },
    change: async (id: QueueId) => {
      changed.push(id);
      return ok(undefined);
    },
  } as unknown as Queue;
  assert.equal(await bringNear(queue, nowMs), undefined);
  assert.deepEqual(changed, ['far', 'far-too']);
});
