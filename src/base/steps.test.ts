import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Awaitable } from './result.ts';
import { now, walk } from './steps.ts';
import type { Steps } from './steps.ts';

function* sum(values: readonly Awaitable<number>[]): Steps<number> {
  let total = 0;
  for (const value of values) total += yield* now(value);
  return total;
}

function* twice(values: readonly Awaitable<number>[]): Steps<number> {
  return (yield* sum(values)) + (yield* sum(values));
}

test('what is there comes at once, what is not later, in the same order', async () => {
  assert.equal(walk(twice([1, 2])), 6);
  assert.equal(walk(twice([])), 0);
  const late = walk(twice([1, Promise.resolve(2), 3]));
  assert.ok(late instanceof Promise);
  assert.equal(await late, 12);
});

test('what goes wrong is thrown where it was waited for, and can be caught there', async () => {
  const broken = (): Promise<number> => Promise.reject(new Error('gone'));
  await assert.rejects(async () => await walk(sum([1, broken()])), /gone/);
  function* careful(): Steps<number> {
    try {
      return yield* now(broken());
    } catch {
      return yield* now(Promise.resolve(7));
    }
  }
  assert.equal(await walk(careful()), 7);
  function* failing(): Steps<number> {
    throw new Error(`at once, with ${yield* now(1)}`);
  }
  assert.throws(() => walk(failing()), /at once, with 1/);
});
