import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deadlines } from './deadlines.ts';
import { createFakeClock } from './fake-clock.ts';

const never = new Promise<string>(() => undefined);

test('each wait ends at its own time, whichever came first', async () => {
  const clock = createFakeClock();
  const deadlines = new Deadlines(clock);
  const startMs = clock.monotonic();
  const told: string[] = [];
  const wait = (name: string, ms: number): void =>
    void deadlines.within(never, startMs + ms, `${name} late`).then((what) => told.push(what));
  wait('long', 300);
  wait('short', 100);
  wait('middle', 200);
  await clock.advance(99);
  assert.deepEqual(told, []);
  await clock.advance(1);
  assert.deepEqual(told, ['short late']);
  await clock.advance(100);
  assert.deepEqual(told, ['short late', 'middle late']);
  await clock.advance(100);
  assert.deepEqual(told, ['short late', 'middle late', 'long late']);
});

test('work that is done in time is what comes, also its failure', async () => {
  const clock = createFakeClock();
  const deadlines = new Deadlines(clock);
  const dueMs = clock.monotonic() + 100;
  assert.equal(await deadlines.within(Promise.resolve('done'), dueMs, 'late'), 'done');
  await assert.rejects(deadlines.within(Promise.reject(new Error('bug')), dueMs, 'late'), /bug/);
});

test('at the end all that is waited for ends, and it may begin anew', async () => {
  const clock = createFakeClock();
  const deadlines = new Deadlines(clock);
  const first = deadlines.within(never, clock.monotonic() + 100, 'late');
  deadlines.end();
  assert.equal(await first, 'late');
  const second = deadlines.within(never, clock.monotonic() + 50, 'late again');
  await clock.advance(50);
  assert.equal(await second, 'late again');
});

test('a clock that wakes a little early does not end what is not due', async () => {
  let nowMs = 0;
  const woken: (() => void)[] = [];
  const deadlines = new Deadlines({
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: () => new Promise(() => undefined),
    alarm: (_ms, ring) => {
      woken.push(ring);
      return () => undefined;
    },
  });
  const wait = deadlines.within(never, 100, 'late');
  nowMs = 99.6;
  woken.shift()?.();
  await new Promise(setImmediate);
  nowMs = 100;
  woken.shift()?.();
  assert.equal(await wait, 'late');
});
