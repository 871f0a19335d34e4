import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import { makeId } from '#base/id.ts';
import type { TraceId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeSecrets } from '#platform/fake-secrets.ts';
import { traceRecord } from '#store/contract-suite/record-tests.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import type { Event } from '#trace/events.ts';
import type { TraceRecord } from '#trace/record.ts';
import { openCounters } from './counters.ts';
import { diskFiles, openMemory } from './files.ts';
import { keysSchema } from './keys-schema.ts';
import { openKeys } from './keys.ts';
import { startInThread } from './thread-start.ts';
import { kind } from './traces-worker.ts';
import type { LotToSeal } from './traces-sealing.ts';
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
  const disk = { full: true, broken: false, ids: [] as TraceId[], traces: 0, deliveries: 0, counters: 0 };
  const call = {
    async write({ traces, deliveries }: LotToSeal) {
      if (disk.broken) throw new Error('a bug of ours');
      if (disk.full) return full;
      disk.ids.push(...traces.map(({ id }) => id));
      disk.traces += traces.length;
      disk.deliveries += deliveries.length;
      return ok(undefined);
    },
    owners: async (ids: readonly TraceId[]) => ok(ids.map((id) => ({ id, owner: undefined }))),
    loadCounters: async () => ok([]),
    async saveCounters(lot: readonly unknown[]) {
      if (disk.broken) throw new Error('a bug of ours');
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
  };
  return {
    disk,
    told,
    traces: createSqliteTraces(parts),
    counters: must(await openCounters({ ...parts, keptMax })),
  };
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

const failedLogin = (id: TraceId): TraceRecord => ({
  ...template,
  id,
  kind: 'login',
  verdict: { ...template.verdict, action: 'refuse' },
});

const refusedMail = (id: TraceId): TraceRecord => ({
  ...template,
  id,
  verdict: { ...template.verdict, action: 'refuse' },
});

test('lots are written as they fill, whatever kinds of traces they are of; only mail that is under way waits longer', async () => {
  const { disk, traces } = await onFullDisk();
  disk.full = false;
  const kinds = [(id: TraceId) => ({ ...template, id }), refusedMail, failedLogin];
  const rounds = 100;
  for (let n = 0; n < rounds * kinds.length; n += 1) {
    for (const make of kinds.slice(n % kinds.length, (n % kinds.length) + 1)) traces.add(make(newId()));
    await new Promise((resolve) => setImmediate(resolve));
  }
  // Nobody asked for it: what is left is less than a lot.
  assert.ok(disk.traces > rounds * kinds.length - 64, `${disk.traces} written`);
  assert.ok(disk.traces < rounds * kinds.length);
});

test('after a write that a bug of ours broke the next one writes all, and it is told once', async () => {
  const { disk, told, traces, counters } = await onFullDisk();
  Object.assign(disk, { full: false, broken: true });
  const ids = [newId(), newId(), newId()];
  for (const id of ids.slice(0, 2)) traces.add({ ...template, id });
  for (let time = 0; time < 3; time += 1) await traces.flush();
  must(await counters.add('key', 1, 60_000, clock.now()));
  await assert.rejects(counters.flush());
  disk.broken = false;
  traces.add({ ...template, id: ids[2] ?? newId() });
  await traces.flush();
  await counters.flush();
  assert.deepEqual(disk.ids, ids);
  assert.equal(disk.counters, 1);
  assert.deepEqual(
    told.map((event) => event.name),
    ['session-bug'],
  );
});

test('a record that cannot be sealed does not stop the others', async () => {
  const { disk, told, traces } = await onFullDisk();
  disk.full = false;
  const [first, last] = [newId(), newId()];
  traces.add({ ...template, id: first });
  traces.add({ ...template, id: newId(), facts: { count: 1n } });
  traces.add({ ...template, id: last });
  await traces.flush();
  assert.deepEqual(disk.ids, [first, last]);
  assert.deepEqual(
    told.map((event) => event.name),
    ['session-bug', 'records-dropped'],
  );
});

test('S-11: while the disk takes nothing a flood of failed log-ins pushes out no trace of mail', async () => {
  const { disk, told, traces } = await onFullDisk();
  const mail = Array.from({ length: waitingMax / 2 }, newId);
  const refused = Array.from({ length: waitingMax / 4 }, newId);
  for (const id of mail) traces.add({ ...template, id });
  for (const id of refused)
    traces.add({ ...template, id, verdict: { ...template.verdict, action: 'refuse' } });
  const logins = Array.from({ length: 3 * waitingMax }, newId);
  for (const id of logins) traces.add(failedLogin(id));
  await traces.flush();
  disk.full = false;
  await traces.flush();
  const left = logins.slice(-waitingMax / 4);
  assert.deepEqual(disk.ids.toSorted(), [...mail, ...refused, ...left].sort());
  const dropped = told.map((event) => (event.name === 'records-dropped' ? event.records : NaN));
  assert.equal(
    dropped.reduce((sum, records) => sum + records, 0),
    logins.length - left.length,
  );
});

test('S-11: of failed log-ins only the newest are on disk, at any time, and all of the mail', async () => {
  const folder = await temporaryFolder('flood');
  const context = { clock, random, files: diskFiles(folder) };
  const worker = must(await startInThread(kind, { init: { mode: 'create' }, context }));
  const keys = must(
    openKeys({ file: must(openMemory('keys', keysSchema)), secrets: createFakeSecrets(1), clock, random }),
  );
  const events = { emit: (event: Event) => assert.fail(event.name) };
  const countMax = 160;
  const traces = createSqliteTraces({ worker, keys, clock, events, keptMax: { security: countMax } });
  const mail: TraceId[] = [];
  const logins: TraceId[] = [];
  for (let n = 0; n < 1_000; n += 1) {
    const ids = n % 10 === 0 ? mail : logins;
    await clock.advance(1);
    ids.push(newId());
    const [id = newId()] = ids.slice(-1);
    traces.add(n % 10 === 0 ? { ...template, id } : failedLogin(id));
    if (n % 50 === 49) await traces.flush();
  }
  const kept: TraceId[] = [];
  for (let cursor: string | undefined; ;) {
    const page = must(await traces.list({}, cursor, 256));
    kept.push(...page.items.map(({ id }) => id));
    if (page.next === undefined) break;
    cursor = page.next;
  }
  assert.deepEqual(kept.toSorted(), [...mail, ...logins.slice(-countMax)].sort());
  await worker.close();
  await rm(folder, { recursive: true });
});
