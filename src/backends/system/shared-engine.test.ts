import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { err, ok } from '#base/result.ts';
import { SharedEngine } from './shared-engine.ts';
import type { SharedBounds, SharedEngineKind } from './shared-engine.ts';
import { sharedFixture } from './shared-engine.fixture.ts';
import type { SharedRequest } from './shared-engine.fixture.ts';

const longMs = 30_000;
/** Of the engine: so often it looks for who is late. */
const lookMs = 250;

let opened: SharedEngine<SharedRequest, unknown>[] = [];
let told: string[] = [];

afterEach(async () => {
  await Promise.all(opened.map((engine) => engine.close()));
  opened = [];
  told = [];
});

function engineOf(
  bounds: Partial<SharedBounds> = {},
  kind: SharedEngineKind = sharedFixture,
): SharedEngine<SharedRequest, unknown> {
  const engine = new SharedEngine<SharedRequest, unknown>(kind, (detail) => told.push(detail), {
    demandMin: 1,
    restMs: 0,
    ...bounds,
  });
  opened.push(engine);
  return engine;
}

/** One whose thread is there. */
async function ready(bounds: Partial<SharedBounds> = {}): Promise<SharedEngine<SharedRequest, unknown>> {
  const engine = engineOf(bounds);
  await untilReady(engine);
  return engine;
}

async function untilReady(engine: SharedEngine<SharedRequest, unknown>): Promise<void> {
  assert.deepEqual(
    await engine.run({ does: 'add', numbers: [] }, longMs),
    err('busy'),
    'nobody waits for a thread',
  );
  while (!engine.isReady) await sleep(5);
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
  const engine = engineOf({ demandMin: 3 });
  for (let n = 0; n < 2; n += 1) await engine.run({ does: 'add', numbers: [] }, longMs);
  await sleep(400);
  assert.equal(engine.isReady, false, 'two are not enough');
  await untilReady(engine);
});

test('work that fails fails alone', async () => {
  const engine = await ready();
  const all: SharedRequest[] = [{ does: 'throw' }, { does: 'add', numbers: [1, 2] }];
  assert.deepEqual(await Promise.all(all.map((one) => engine.run(one, longMs))), [err('failed'), ok(1003)]);
});

for (const does of ['die', 'unsendable'] as const)
  test(`a thread that breaks (${does}) leaves nobody waiting, and another one comes`, async () => {
    const engine = await ready();
    const waiting = engine.run({ does: 'never' }, longMs);
    assert.deepEqual(await engine.run({ does }, longMs), err('failed'));
    assert.deepEqual(await waiting, err('failed'));
    assert.match(
      told.join(),
      does === 'die' ? /thread fixture: it ended with 1/ : /thread fixture: .*could not be cloned/,
    );
    await untilReady(engine);
    assert.deepEqual(await engine.run({ does: 'add', numbers: [1] }, longMs), ok(1001));
  });

test('a thread that hangs is ended with all that it keeps waiting', async () => {
  const engine = await ready();
  const hanging = engine.run({ does: 'hang' }, 100);
  const behind = engine.run({ does: 'add', numbers: [1] }, longMs);
  assert.deepEqual(await hanging, err('timeout'));
  assert.deepEqual(await behind, err('timeout'));
  assert.deepEqual(told, ['thread fixture: it kept a request beyond its time']);
  await untilReady(engine);
});

test('after one that broke there is none for a while', async () => {
  const engine = await ready({ restMs: 600 });
  assert.deepEqual(await engine.run({ does: 'die' }, longMs), err('failed'));
  const end = performance.now() + 300;
  while (performance.now() < end) {
    assert.deepEqual(await engine.run({ does: 'add', numbers: [] }, longMs), err('busy'));
    await sleep(10);
  }
  assert.equal(engine.isReady, false);
  await sleep(400);
  await untilReady(engine);
});

test('S-09: so many at once and no more; the others hear at once that it is busy', async () => {
  const engine = await ready();
  const all = Array.from({ length: 80 }, (_, n) =>
    engine.run({ does: 'add', numbers: [n], afterMs: 50 }, longMs),
  );
  const results = await Promise.all(all);
  assert.deepEqual(
    results.slice(0, 64),
    Array.from({ length: 64 }, (_, n) => ok(1000 + n)),
  );
  assert.deepEqual(
    results.slice(64),
    Array.from({ length: 16 }, () => err('busy')),
  );
  assert.equal(engine.isReady, true);
});

test('a thread with nothing to do gives its memory back', async () => {
  const engine = await ready({ idleMs: 100 });
  await sleep(100 + 2 * lookMs);
  assert.equal(engine.isReady, false);
  assert.deepEqual(told, [], 'nothing broke');
  await untilReady(engine);
});

test('an engine that is closed lets go of those that wait', async () => {
  const engine = await ready();
  const waiting = engine.run({ does: 'never' }, longMs);
  await engine.close();
  assert.deepEqual(await waiting, err('busy'));
  assert.deepEqual(await engine.run({ does: 'add', numbers: [] }, longMs), err('busy'));
  await sleep(50);
  assert.equal(engine.isReady, false);
  assert.deepEqual(told, [], 'nothing broke');
});

test('work that cannot be loaded keeps nobody waiting', async () => {
  const engine = engineOf({}, { ...sharedFixture, module: new URL('./nowhere.ts', import.meta.url).href });
  for (let n = 0; n < 5; n += 1) {
    assert.deepEqual(await engine.run({ does: 'add', numbers: [] }, longMs), err('busy'));
    await sleep(50);
  }
  assert.equal(engine.isReady, false);
});
