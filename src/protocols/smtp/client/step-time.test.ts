import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { StepTime } from './step-time.ts';

/** Ends only when its signal does. */
function endless(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('over');
    signal.addEventListener('abort', () => resolve('over'), { once: true });
  });
}

function watched<T>(promise: Promise<T>): () => T | undefined {
  let value: T | undefined;
  const wait = async (): Promise<void> => {
    value = await promise;
  };
  void wait();
  return () => value;
}

test('each step has its time, whatever the one before it was granted, by one timer', async () => {
  const clock = createFakeClock();
  const time = new StepTime(clock, new AbortController().signal);
  for (const ms of [100, 600, 50, 300]) {
    for (let count = 0; count < 20; count += 1)
      assert.equal(await time.within(ms, async () => 'done'), 'done');
    const step = watched(time.within(ms, endless));
    await clock.advance(ms - 1);
    assert.equal(step(), undefined, `${ms}`);
    await clock.advance(1);
    assert.equal(step(), 'over', `${ms}`);
    assert.ok(clock.sleeping <= 1);
  }
  time.close();
  assert.equal(clock.sleeping, 0);
});

test('after one step ran out of its time the next can still be made', async () => {
  const clock = createFakeClock();
  const time = new StepTime(clock, new AbortController().signal);
  const step = watched(time.within(10, endless));
  await clock.advance(10);
  assert.equal(step(), 'over');
  assert.equal(await time.within(10, async (signal) => signal.aborted), false);
});

test('the end of the attempt ends its step, and not one of the attempt that goes on with the connection', async () => {
  const clock = createFakeClock();
  const [first, second] = [new AbortController(), new AbortController()];
  const time = new StepTime(clock, first.signal);
  await time.within(10, async () => undefined);
  time.adopt(second.signal);
  first.abort();
  const step = watched(time.within(1_000, endless));
  await clock.advance(1);
  assert.equal(step(), undefined);
  second.abort();
  await clock.advance(0);
  assert.equal(step(), 'over');
  assert.equal(await time.within(10, async (signal) => signal.aborted), true);
});
