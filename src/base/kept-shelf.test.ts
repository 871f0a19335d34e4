import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptPool, KeptShelf } from './kept-shelf.ts';

test('shelves are bound together; what was asked for longest ago goes first', () => {
  const pool = new KeptPool<number, string>(10_000);
  const [a, b] = [new KeptShelf(pool), new KeptShelf(pool)];
  a.put(1, 'a1', 4_000);
  b.put(1, 'b1', 4_000);
  assert.equal(a.get(1), 'a1');
  a.put(2, 'a2', 4_000);
  assert.deepEqual([a.get(1), a.get(2), b.get(1)], ['a1', 'a2', undefined]);
  for (let key = 3; key < 100; key += 1) {
    a.put(key, 'more', 900);
    assert.ok(pool.bytes <= 10_000);
  }
  a.put(100, 'larger than all', 20_000);
  assert.equal(a.get(100), undefined);
  assert.equal(pool.bytes, 0);
});

test('what is put anew replaces what was; what is forgotten gives its room back', () => {
  const pool = new KeptPool<number, string>(10_000);
  const shelf = new KeptShelf(pool);
  shelf.put(1, 'one', 500);
  shelf.put(1, 'another', 700);
  shelf.put(2, 'two', 100);
  assert.deepEqual([shelf.get(1), pool.bytes], ['another', 800]);
  shelf.forget([1, 7]);
  assert.deepEqual([shelf.get(1), pool.bytes], [undefined, 100]);
  shelf.clear();
  assert.equal(pool.bytes, 0);
  shelf.put(3, 'three', 100);
  shelf.end();
  shelf.put(4, 'on its way', 100);
  assert.deepEqual([shelf.get(3), shelf.get(4), pool.bytes], [undefined, undefined, 0]);
});
