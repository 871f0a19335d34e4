import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectGarbage } from './collect-garbage.ts';

const mebibyte = 1_048_576;

test('what nobody holds any more goes back to the system', () => {
  let held: unknown[] = Array.from({ length: 400_000 }, (_, n) => ({ n }));
  const full = process.memoryUsage().heapTotal;
  assert.equal(held.length, 400_000);
  held = [];
  collectGarbage();
  assert.ok(process.memoryUsage().heapTotal < full - 8 * mebibyte);
  assert.equal('gc' in globalThis, false);
});
