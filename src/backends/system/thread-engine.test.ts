import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { err, ok } from '#base/result.ts';
import { engineFixture } from './engine.fixture.ts';
import type { FixtureRequest } from './engine.fixture.ts';
import { ThreadEngine } from './thread-engine.ts';
import type { ThreadBounds } from './thread-engine.ts';

const longMs = 20_000;

function engine(bounds: Partial<ThreadBounds> = {}): ThreadEngine<FixtureRequest, number> {
  return new ThreadEngine<FixtureRequest, number>(engineFixture, bounds);
}

const add = (...numbers: readonly number[]): FixtureRequest => ({ does: 'add', numbers });

test('P-27: work is done beside, and its thread is there only while it is needed', async () => {
  const made = engine({ idleMs: 20 });
  assert.equal(made.isStarted, false);
  assert.deepEqual(await Promise.all([made.run(add(1, 2), longMs), made.run(add(3), longMs)]), [
    ok(3),
    ok(3),
  ]);
  assert.equal(made.isStarted, true);
  await sleep(100);
  assert.equal(made.isStarted, false);
  assert.deepEqual(await made.run(add(4), longMs), ok(4));
  await made.close();
});

test('S-09: work that never ends is ended, and who waits has a turn after it', async () => {
  const made = engine();
  assert.deepEqual(await made.run(add(1), longMs), ok(1));
  const [hung, next] = await Promise.all([made.run({ does: 'hang' }, 50), made.run(add(2), longMs)]);
  assert.deepEqual([hung, next], [err('timeout'), ok(2)]);
  await made.close();
});

test('S-09: who has no turn in time is told so, and so is who comes when too many wait', async () => {
  const made = engine();
  const hung = made.run({ does: 'hang' }, 400);
  assert.deepEqual(await made.run(add(1), 20), err('busy'));
  const waiting = Array.from({ length: 32 }, () => made.run(add(1), longMs));
  assert.deepEqual(await made.run(add(1), longMs), err('busy'));
  await made.close();
  assert.deepEqual(await hung, err('busy'));
  for (const answer of await Promise.all(waiting)) assert.deepEqual(answer, err('busy'));
  assert.deepEqual(await made.run(add(1), longMs), err('busy'));
});

test('who waited for most of its time is not blamed for being slow', async () => {
  const made = engine();
  assert.deepEqual(await made.run(add(1), longMs), ok(1));
  const both = [made.run({ does: 'hang' }, 400), made.run({ does: 'hang' }, 600)];
  assert.deepEqual(await Promise.all(both), [err('timeout'), err('busy')]);
  await made.close();
});

test('S-09: while a thread that was ended still computes, no second one does', async () => {
  const made = engine();
  assert.deepEqual(await made.run(add(1), longMs), ok(1));
  assert.deepEqual(await made.run({ does: 'grind' }, 20), err('timeout'));
  const [early, late] = await Promise.all([made.run(add(1), 20), made.run(add(2), longMs)]);
  assert.deepEqual([early, late], [err('busy'), ok(2)]);
  await made.close();
});

test('a thread that cannot be started is work that failed, and nobody waits for it', async () => {
  const made = new ThreadEngine<FixtureRequest, number>({ ...engineFixture, name: 1 as unknown as string });
  assert.deepEqual(await Promise.all([made.run(add(1), longMs), made.run(add(2), longMs)]), [
    err('failed'),
    err('failed'),
  ]);
  await made.close();
});

test('work that breaks, ends its thread or eats its memory has failed, and the next is done', async () => {
  const made = engine({ heapMbMax: 24 });
  for (const does of ['throw', 'die', 'eat'] as const) {
    assert.deepEqual(await made.run({ does }, longMs), err('failed'), does);
    assert.deepEqual(await made.run(add(5), longMs), ok(5), does);
  }
  await made.close();
});
