import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, QueueId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import type { Result } from '#base/result.ts';
import { syncAskedWithinMs } from '#store/contract/messages.ts';
import type { Settlement } from '#store/contract/queue.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { SettleLots, settleLotMs, settleQuietMs } from './settle-lots.ts';

test('a lot syncs each account once, so many beside each other, and only then settles all of it', async () => {
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
  assert.equal(most, 64);
  assert.equal(settled.length, 300);
});

interface Disk {
  /** Of each sync asked for, in order. */
  readonly accounts: string[];
  readonly answers: ((synced: Result<void, Trouble>) => void)[];
}

function slowDisk(lotMs = 1_000) {
  const clock = createFakeClock();
  const disk: Disk = { accounts: [], answers: [] };
  const settled: Settlement[] = [];
  const synced = (account: AccountId) =>
    new Promise<Result<void, Trouble>>((resolve) => {
      disk.accounts.push(account);
      disk.answers.push(resolve);
    });
  const settle = async (some: readonly Settlement[]) => ok(void settled.push(...some));
  const store = { messages: { synced }, queue: { settle } } as never;
  const lots = new SettleLots({ clock, events: { emit: () => undefined }, lotMs, store });
  const commit = (account: string): void => {
    const id = `q${String(settled.length)}` as QueueId;
    const lease = { id: `lease ${id}`, recipients: [0], attempt: 1, entry: { id, submitter: undefined } };
    lots.committed({ lease, index: 0, account: account as AccountId });
  };
  return { clock, disk, settled, lots, commit };
}

test('what comes while a lot is on its way shares the syncs of one next lot', async () => {
  const { clock, disk, settled, lots, commit } = slowDisk();
  for (let n = 0; n < 5; n += 1) {
    commit('one');
    await clock.advance(1_000);
  }
  assert.deepEqual(disk.accounts, ['one']);
  disk.answers[0]?.(ok(undefined));
  const flushed = lots.flush();
  await clock.advance(1);
  assert.deepEqual(disk.accounts, ['one', 'one']);
  assert.equal(settled.length, 1);
  disk.answers[1]?.(ok(undefined));
  await flushed;
  assert.equal(settled.length, 5);
});

test('STORAGE §2: what nobody asked the sync of for too long is delivered again, and not forgotten', async () => {
  const { clock, disk, settled, lots, commit } = slowDisk();
  commit('one');
  await clock.advance(1_000);
  commit('two');
  await clock.advance(syncAskedWithinMs + 1);
  commit('three');
  const flushed = lots.flush();
  disk.answers[0]?.(ok(undefined));
  await clock.advance(1);
  assert.deepEqual(disk.accounts, ['one', 'two', 'three']);
  for (const answer of disk.answers) answer(ok(undefined));
  await flushed;
  assert.deepEqual(
    settled.map(({ outcome }) => outcome.kind),
    ['done', 'retry', 'done'],
  );
});

test('while mail comes a lot lasts its time', async () => {
  const { clock, disk, commit } = slowDisk(settleLotMs);
  const stepMs = settleQuietMs / 2;
  for (let ms = 0; ms < settleLotMs; ms += stepMs) {
    assert.deepEqual(disk.accounts, []);
    commit('one');
    await clock.advance(stepMs);
  }
  assert.deepEqual(disk.accounts, ['one']);
});

test('when no more comes a lot ends soon', async () => {
  const { clock, disk, commit } = slowDisk(settleLotMs);
  commit('one');
  await clock.advance(settleQuietMs - 1);
  commit('one');
  await clock.advance(settleQuietMs);
  assert.deepEqual(disk.accounts, []);
  await clock.advance(1);
  assert.deepEqual(disk.accounts, ['one']);
});

test('what gathered for one account while its disk hung is settled, however much it is', async () => {
  const { disk, settled, lots, commit } = slowDisk();
  for (let n = 0; n < 300_000; n += 1) commit('one');
  const flushed = lots.flush();
  for (let answered = 0; settled.length < 300_000; answered += 1) {
    while (disk.answers.length <= answered) await new Promise(setImmediate);
    disk.answers[answered]?.(ok(undefined));
    await new Promise(setImmediate);
  }
  await flushed;
});
