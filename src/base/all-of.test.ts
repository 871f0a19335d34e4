import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allOf } from './all-of.ts';

test('what is there comes at once, all else when the last is there', async () => {
  assert.deepEqual(allOf([1, 'a', undefined]), [1, 'a', undefined]);
  assert.deepEqual(allOf([]), []);
  const late = allOf([1, Promise.resolve('a')]);
  assert.ok(late instanceof Promise);
  assert.deepEqual(await late, [1, 'a']);
  await assert.rejects(async () => await allOf([1, Promise.reject(new Error('gone'))]), /gone/);
});
