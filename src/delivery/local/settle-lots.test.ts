import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, QueueId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { Settlement } from '#store/contract/queue.ts';
import { SettleLots } from './settle-lots.ts';

test('a lot syncs each account once, few beside each other, and only then settles all of it', async () => {
  const synced: string[] = [];
  let [underWay, most] = [0, 0];
  const settled: Settlement[] = [];
  const lots = new SettleLots({
    clock: createFakeClock(),
    events: { emit: () => assert.fail('nothing to tell') },
    lotMs: 1_000,
    store: {
      messages: {
        synced: async (account: AccountId) => {
          underWay += 1;
          most = Math.max(most, underWay);
          await Promise.resolve();
          synced.push(account);
          underWay -= 1;
          assert.equal(settled.length, 0);
          return ok(undefined);
        },
      },
      queue: {
        settle: async (some: readonly Settlement[]) => {
          settled.push(...some);
          return ok(undefined);
        },
      },
    } as never,
  });
  for (let n = 0; n < 300; n += 1) {
    const id = `q${String(n)}` as QueueId;
    const lease = { id: `lease ${id}`, recipients: [0], attempt: 1, entry: { id, submitter: undefined } };
    lots.committed({ lease, index: 0, account: `account ${String(n % 100)}` as AccountId });
  }
  await lots.flush();
  assert.equal(new Set(synced).size, 100);
  assert.equal(synced.length, 100);
  assert.equal(most, 2);
  assert.equal(settled.length, 300);
});
