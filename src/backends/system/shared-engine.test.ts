import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { err, ok } from '#base/result.ts';
import { SharedEngine } from './shared-engine.ts';
import type { SharedBounds, SharedEngineKind } from './shared-engine.ts';
import { sharedFixture } from './shared-engine.fixture.ts';
import type { SharedRequest } from './shared-engine.fixture.ts';

type Fixture = SharedEngine<SharedRequest, unknown>;

const longMs = 30_000;
/** Of the engine. */
const lookMs = 250;

let opened: Fixture[] = [];
/** Why threads were lost. */
let told: string[] = [];

afterEach(async () => {
  await Promise.all(opened.map((engine) => engine.close()));
  opened = [];
  told = [];
});

function engineOf(bounds: Partial<SharedBounds> = {}, kind: SharedEngineKind = sharedFixture): Fixture {
  const lost = (detail: string, restsMs: number): void => void told.push(`${detail}; ${restsMs}`);
  const engine: Fixture = new SharedEngine(kind, lost, { demandMin: 1, restMs: 0, ...bounds });
  opened.push(engine);
  return engine;
}

/** One whose thread is there. */
async function ready(bounds: Partial<SharedBounds> = {}): Promise<Fixture> {
  const engine = engineOf(bounds);
  await untilReady(engine);
  return engine;
}

async function untilReady(engine: Fixture): Promise<void> {
  assert.equal(engine.offer(), false, 'nobody waits for a thread');
  assert.deepEqual(await engine.run({ does: 'add', numbers: [] }, longMs), err('busy'));
  await untilOffered(engine);
}

async function untilOffered(engine: Fixture): Promise<void> {
  const end = performance.now() + longMs;
  while (!engine.offer()) {
    assert.ok(performance.now() < end, 'the thread does not come');
    await sleep(5);
  }
}

function stallFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('one thread has many requests under way, and answers each when it is done', async () => {
  const engine = await ready();
  const order: number[] = [];
  const all = [300, 0, 100].map(async (afterMs) => {
    const result = await engine.run({ does: 'add', numbers: [afterMs], afterMs }, longMs);
    order.push(afterMs);
    return result;
  });
  assert.deepEqual(await Promise.all(all), [ok(1300), ok(1000), ok(1100)]);
  assert.deepEqual(order, [0, 100, 300]);
});

test('a thread is started only when there is enough to do', async () => {
  const engine = engineOf({ demandMin: 1_000 });
  for (let n = 0; n < 999; n += 1) assert.equal(engine.offer(), false);
  await sleep(1_100);
  assert.equal(engine.offer(), false, 'the second is over');
  await sleep(300);
  assert.equal(engine.offer(), false, 'none was started');
});

test('a thread with too little to do gives its memory back', async () => {
  const engine = await ready({ idleMs: 100, demandMin: 10 });
  // Work now and then does not hold it.
  for (let n = 0; n < 5; n += 1) {
    engine.offer();
    await sleep(lookMs);
  }
  assert.deepEqual(await engine.run({ does: 'add', numbers: [] }, longMs), err('busy'));
  assert.deepEqual(told, [], 'nothing broke');
});

test('work that fails, or comes to what cannot be sent, fails alone', async () => {
  const engine = await ready();
  const all: SharedRequest[] = [{ does: 'throw' }, { does: 'add', numbers: [1, 2] }, { does: 'unsendable' }];
  assert.deepEqual(await Promise.all(all.map((one) => engine.run(one, longMs))), [
    err('failed'),
    ok(1003),
    err('failed'),
  ]);
  assert.deepEqual(told, []);
});

test('what cannot be sent to the thread brings nobody down', async () => {
  const engine = await ready();
  const unsendable = { does: 'add', numbers: [], more: () => undefined } as SharedRequest;
  assert.deepEqual(await engine.run(unsendable, longMs), err('failed'));
  assert.match(told.join(), /could not be cloned/);
});

test('a thread that breaks leaves nobody waiting, and another one comes', async () => {
  const engine = await ready();
  const waiting = engine.run({ does: 'never' }, longMs);
  assert.deepEqual(await engine.run({ does: 'die' }, longMs), err('failed'));
  assert.deepEqual(await waiting, err('failed'));
  assert.deepEqual(told, ['thread fixture: it ended with 1; 0']);
  await untilReady(engine);
  assert.deepEqual(await engine.run({ does: 'add', numbers: [1] }, longMs), ok(1001));
});

test('a thread that hangs is ended with all that it keeps waiting', async () => {
  const engine = await ready();
  const hanging = engine.run({ does: 'hang' }, 100);
  const behind = engine.run({ does: 'add', numbers: [1] }, longMs);
  assert.deepEqual(await hanging, err('timeout'));
  assert.deepEqual(await behind, err('timeout'));
  assert.deepEqual(told, ['thread fixture: it answered nobody any more; 0']);
  await untilReady(engine);
});

test('one request that takes too long is late alone', async () => {
  const engine = await ready();
  const never = engine.run({ does: 'never' }, 200);
  const long = engine.run({ does: 'add', numbers: [1], afterMs: 200 + 3 * lookMs }, longMs);
  await sleep(50);
  assert.deepEqual(await engine.run({ does: 'add', numbers: [2] }, longMs), ok(1002));
  assert.deepEqual(await never, err('timeout'));
  assert.deepEqual(await long, ok(1001));
  assert.deepEqual(told, [], 'the thread is well');
});

test('a stall of our own thread is not held against the other one', async () => {
  const engine = await ready();
  const unsent = engine.run({ does: 'add', numbers: [1] }, 300);
  stallFor(800);
  assert.deepEqual(await unsent, ok(1001));
  const unheard = engine.run({ does: 'add', numbers: [2], afterMs: 50 }, 300);
  await sleep(10);
  stallFor(800);
  assert.deepEqual(await unheard, ok(1002));
  assert.deepEqual(told, []);
});

test('after one that broke there is none for a while, longer each time', async () => {
  const engine = await ready({ restMs: 200, restMsMax: 500 });
  for (const restsMs of [200, 400, 500]) {
    assert.deepEqual(await engine.run({ does: 'die' }, longMs), err('failed'));
    assert.equal(told.at(-1), `thread fixture: it ended with 1; ${restsMs}`);
    const startedMs = performance.now();
    await untilOffered(engine);
    assert.ok(performance.now() - startedMs >= restsMs, 'there was none before');
  }
});

test('S-09: so many at once and no more; the others hear at once that it is busy', async () => {
  const engine = await ready();
  const all = Array.from({ length: 80 }, (_, n) =>
    engine.run({ does: 'add', numbers: [n], afterMs: 50 }, longMs),
  );
  assert.equal(engine.offer(), false);
  const results = await Promise.all(all);
  assert.deepEqual(
    results.slice(0, 64),
    Array.from({ length: 64 }, (_, n) => ok(1000 + n)),
  );
  assert.deepEqual(
    results.slice(64),
    Array.from({ length: 16 }, () => err('busy')),
  );
  assert.equal(engine.offer(), true);
});

test('an engine that is closed lets go of those that wait', async () => {
  const engine = await ready();
  const waiting = engine.run({ does: 'never' }, longMs);
  const closed = engine.close();
  assert.deepEqual(await waiting, err('busy'));
  await closed;
  assert.equal(engine.offer(), false);
  assert.deepEqual(await engine.run({ does: 'add', numbers: [] }, longMs), err('busy'));
  await sleep(50);
  assert.deepEqual(told, [], 'nothing broke');
});

test('work that cannot be loaded keeps nobody waiting', async () => {
  const nowhere = new URL('./nowhere.ts', import.meta.url).href;
  const engine = engineOf({ restMs: 100 }, { ...sharedFixture, module: nowhere });
  while (told.length < 2) {
    assert.equal(engine.offer(), false);
    await sleep(10);
  }
  assert.match(told[0] ?? '', /nowhere/);
});
