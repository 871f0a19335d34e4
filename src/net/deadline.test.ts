import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deadline } from './deadline.ts';
import { HandTimers } from './hand-timers.fixture.ts';

const minuteMs = 60_000;

function begin() {
  const timers = new HandTimers();
  const reachedAtMs: number[] = [];
  let made = 0;
  const after = (ms: number, callback: () => void): (() => void) => {
    made += 1;
    return timers.after(ms, callback);
  };
  const deadline = new Deadline({ now: () => timers.now(), after }, () => reachedAtMs.push(timers.now()));
  return { timers, deadline, reachedAtMs, made: () => made };
}

test('a deadline is reached at its time, once, however far away it is', () => {
  for (const ms of [1, minuteMs, 2 * minuteMs, 5 * minuteMs, 24 * 60 * minuteMs]) {
    const { timers, deadline, reachedAtMs } = begin();
    deadline.set(ms);
    timers.pass(ms - 0.5);
    assert.deepEqual(reachedAtMs, []);
    timers.pass(2 * ms);
    assert.deepEqual(reachedAtMs, [ms]);
    assert.equal(timers.waiting, 0);
  }
});

test('the deadlines of an ordinary mail need one timer, whichever comes nearer', () => {
  const { timers, deadline, reachedAtMs, made } = begin();
  for (const ms of [5, 5, 5, 3, 5]) {
    deadline.set(ms * minuteMs);
    timers.pass(1000);
    deadline.lift();
  }
  deadline.set(3 * minuteMs);
  assert.equal(made(), 1);
  timers.pass(3 * minuteMs);
  assert.deepEqual(reachedAtMs, [3 * minuteMs + 5000]);
});

test('what is nearer than the timer that stands is reached in time', () => {
  const { timers, deadline, reachedAtMs } = begin();
  deadline.set(5 * minuteMs);
  deadline.set(1000);
  timers.pass(1000);
  assert.deepEqual(reachedAtMs, [1000]);
});

test('what is lifted or over is never reached', () => {
  const { timers, deadline, reachedAtMs } = begin();
  deadline.set(5 * minuteMs);
  deadline.lift();
  timers.pass(10 * minuteMs);
  deadline.set(minuteMs);
  deadline.end();
  timers.pass(10 * minuteMs);
  assert.deepEqual(reachedAtMs, []);
  assert.equal(timers.waiting, 0);
});
