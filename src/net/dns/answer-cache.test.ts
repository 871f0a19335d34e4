import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerCache } from './answer-cache.ts';

const kept = { ttlMs: 1_000, sizeBytes: 100 };

test('a value is kept for its time, and not a moment longer', () => {
  let nowMs = 0;
  const cache = new AnswerCache<number>(() => nowMs);
  cache.set('A', 'a', { value: 1, ...kept });
  nowMs = 999;
  assert.deepEqual(cache.get('A', 'a'), { value: 1, leftMs: 1 });
  nowMs = 1_000;
  assert.equal(cache.get('A', 'a'), undefined);
  assert.equal(cache.size, 0);
});

test('whatever is asked for, it stays within its bounds, by number and by weight', () => {
  const cache = new AnswerCache<number>(() => 0);
  for (let n = 0; n < 25_000; n += 1) {
    cache.set('A', `few ${n}`, { value: n, ...kept });
    assert.equal(cache.get('A', `few ${n}`)?.value, n);
  }
  assert.equal(cache.size, 10_000);
  for (let n = 0; n < 1_000; n += 1) {
    cache.set('A', `large ${n}`, { value: n, ttlMs: 1_000, sizeBytes: 60_000 });
    cache.get('A', `large ${n}`);
  }
  assert.ok(cache.size > 100 && cache.size < 140, String(cache.size));
  assert.equal(cache.get('A', 'large 999')?.value, 999);
});

test('what is asked for again and again outlives a flood of names that nobody asks for twice', () => {
  const cache = new AnswerCache<number>(() => 0);
  cache.set('A', 'wanted', { value: 1, ...kept });
  for (let n = 0; n < 50_000; n += 1) {
    cache.set('A', `flood ${n}`, { value: n, ...kept });
    if (n % 1_000 === 0) assert.equal(cache.get('A', 'wanted')?.value, 1, `after ${n}`);
  }
  assert.equal(cache.get('A', 'flood 1'), undefined);
});

test('one value larger than all room is not kept, and nothing of it stays', () => {
  const cache = new AnswerCache<number>(() => 0);
  cache.set('A', 'huge', { value: 1, ttlMs: 1_000, sizeBytes: 100 * 1024 * 1024 });
  assert.equal(cache.get('A', 'huge'), undefined);
  cache.set('A', 'small', { value: 2, ...kept });
  assert.equal(cache.get('A', 'small')?.value, 2);
});

test('what is over goes when there is no room, though it was asked for', () => {
  let nowMs = 0;
  const cache = new AnswerCache<number>(() => nowMs);
  // The hand meets those that last first: without a look at the time they would go.
  for (let n = 0; n < 5_000; n += 1)
    cache.set('A', `lasting ${n}`, { value: n, ttlMs: 10_000, sizeBytes: 100 });
  for (let n = 0; n < 5_000; n += 1) cache.set('A', `brief ${n}`, { value: n, ...kept });
  for (const kind of ['brief', 'lasting'])
    for (let n = 0; n < 5_000; n += 1) assert.equal(cache.get('A', `${kind} ${n}`)?.value, n);
  nowMs = 1_000;
  for (let n = 0; n < 5_000; n += 1) cache.set('A', `new ${n}`, { value: n, ...kept });
  assert.equal(cache.size, 10_000);
  for (const kind of ['new', 'lasting'])
    for (let n = 0; n < 5_000; n += 1) assert.equal(cache.get('A', `${kind} ${n}`)?.value, n);
});
