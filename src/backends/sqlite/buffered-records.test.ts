import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeId } from '#base/id.ts';
import type { TraceId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeSecrets } from '#platform/fake-secrets.ts';
import { traceRecord } from '#store/contract-suite/record-tests.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import type { Event } from '#trace/events.ts';
import { openCounters } from './counters.ts';
import { openMemory } from './files.ts';
import { keysSchema } from './keys-schema.ts';
import { openKeys } from './keys.ts';
import { createSqliteTraces } from './traces.ts';

const waitingMax = 500;
const keptMax = 1_000;

const clock = createFakeClock();
const random = createFakeRandom(5);
const full = err({ code: 'disk-full' as const, detail: 'no room' });

/** Traces and counters over a disk that takes nothing until it is told to. */
async function onFullDisk() {
  const file = must(openMemory('keys', keysSchema));
  const keys = must(openKeys({ file, secrets: createFakeSecrets(1), clock, random }));
  const told: Event[] = [];
  const disk = { full: true, traces: 0, deliveries: 0, counters: 0 };
  const call = {
    async write({ traces, deliveries }: { traces: readonly unknown[]; deliveries: readonly unknown[] }) {
      if (disk.full) return full;
      disk.traces += traces.length;
      disk.deliveries += deliveries.length;
      return ok(undefined);
    },
    owners: async (ids: readonly TraceId[]) => ok(ids.map((id) => ({ id, owner: undefined }))),
    loadCounters: async () => ok([]),
    async saveCounters(lot: readonly unknown[]) {
      if (disk.full) return full;
      disk.counters += lot.length;
      return ok(undefined);
    },
  };
  const events = { emit: (event: Event) => void told.push(event) };
  const parts = {
    worker: { call, close: async () => undefined } as never,
    keys,
    clock,
    events,
    waitingMax,
    keptMax,
  };
  return { disk, told, traces: createSqliteTraces(parts), counters: must(await openCounters(parts)) };
}

const newId = (): TraceId => makeId<TraceId>(clock.now(), random.bytes(10));
const template = traceRecord(
  { clock, random, store: undefined as never, dispose: async () => undefined },
  {},
);

test('traces that the disk does not take wait up to a bound; the oldest go, and that is told', async () => {
  const { disk, told, traces } = await onFullDisk();
  const extra = 50;
  for (let n = 0; n < waitingMax + extra; n += 1) {
    traces.add({ ...template, id: newId() });
    if (n % 200 === 0) await traces.flush();
  }
  await traces.flush();
  assert.deepEqual(told, [{ name: 'records-dropped', what: 'traces', records: extra }]);
  disk.full = false;
  await traces.flush();
  assert.equal(disk.traces, waitingMax);
});

test('deliveries told later are bounded too, even before anything is written', async () => {
  const { disk, told, traces } = await onFullDisk();
  const delivery = {
    recipient: 'a@b.test',
    attempt: 1,
    at: '2026-01-01T00:00:00Z',
    outcome: 'delivered',
  } as const;
  for (let n = 0; n < waitingMax + 7; n += 1) traces.delivered(newId(), [delivery]);
  disk.full = false;
  await traces.flush();
  assert.equal(disk.deliveries, waitingMax);
  assert.deepEqual(told, [{ name: 'records-dropped', what: 'traces', records: 7 }]);
});

test('counters beyond the bound are forgotten, those that end first, and that is told', async () => {
  const { disk, told, counters } = await onFullDisk();
  for (let n = 0; n <= keptMax; n += 1) {
    must(await counters.add(`key ${n}`, 1, n < 10 ? 1_000 : 60_000, clock.now()));
    if (n === 100) await counters.flush();
  }
  assert.equal(told.length, 1);
  assert.deepEqual(must(await counters.read(['key 0', `key ${keptMax}`], clock.now())), [0, 1]);
  disk.full = false;
  await counters.flush();
  assert.ok(disk.counters <= keptMax / 2);
});
