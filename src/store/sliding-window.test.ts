import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addToWindow, sumOfWindow, windowEndMs } from './sliding-window.ts';
import type { SlidingWindow } from './sliding-window.ts';

const windowMs = 16_000;

test('a sum counts all of the last window, at most one slice more, and never more slices than 17', () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 3_000 }),
    amount: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let window: SlidingWindow | undefined;
      let nowMs = 1_000_000;
      const all: { readonly atMs: number; readonly amount: number }[] = [];
      for (const { waitMs, amount } of steps) {
        nowMs += waitMs;
        all.push({ atMs: nowMs, amount });
        window = addToWindow(window, { amount, windowMs, nowMs });
        const since = (ms: number): number =>
          all.filter(({ atMs }) => atMs > nowMs - ms).reduce((sum, each) => sum + each.amount, 0);
        const sum = sumOfWindow(window, nowMs);
        assert.ok(sum >= since(windowMs - windowMs / 16) && sum <= since(windowMs + windowMs / 16));
        assert.ok(window.slices.length <= 17);
        assert.equal(sumOfWindow(window, windowEndMs(window)), 0);
      }
    }),
  );
});

test('a clock that goes back loses nothing', () => {
  const first = addToWindow(undefined, { amount: 2, windowMs, nowMs: 1_000_000 });
  const second = addToWindow(first, { amount: 3, windowMs, nowMs: 990_000 });
  assert.equal(sumOfWindow(second, 1_000_000), 5);
});

test('a clock that was years ahead and was set right has nobody counted for years', () => {
  const ahead = addToWindow(undefined, { amount: 9, windowMs, nowMs: 1e12 });
  assert.equal(sumOfWindow(ahead, 1_000_000), 0);
  const right = addToWindow(ahead, { amount: 2, windowMs, nowMs: 1_000_000 });
  assert.equal(sumOfWindow(right, 1_000_000), 2);
  assert.equal(sumOfWindow(right, 1_000_000 + 2 * windowMs), 0);
});
