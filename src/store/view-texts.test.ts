import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextShelf, ViewTexts } from './view-texts.ts';

function shelfOf(pool: ViewTexts, label: string): TextShelf {
  const shelf = new TextShelf(pool, label);
  pool.touch(shelf);
  return shelf;
}

test('texts are bound in bytes; the shelf that was unused for the longest goes first', () => {
  const pool = new ViewTexts(10_000);
  const [a, b] = [shelfOf(pool, 'a'), shelfOf(pool, 'b')];
  a.put(1, 'x'.repeat(3_000));
  b.put(1, 'y'.repeat(3_000));
  pool.touch(a);
  a.put(2, 'z'.repeat(3_000));
  assert.deepEqual([a.get(1)?.length, a.get(2)?.length, b.has(1)], [3_000, 3_000, false]);
  b.put(2, 'late');
  assert.equal(b.has(2), false, 'until it is used anew');
  pool.touch(b);
  b.put(2, 'again');
  assert.equal(b.get(2), 'again');
  assert.ok(pool.bytes <= 10_000);
});

test('a shelf larger than all keeps what was asked last', () => {
  const pool = new ViewTexts(5_000);
  const shelf = shelfOf(pool, 'a');
  for (let uid = 1; uid <= 100; uid += 1) {
    shelf.put(uid, 'x'.repeat(900));
    assert.ok(pool.bytes <= 5_000);
  }
  assert.equal(shelf.has(1), false);
  assert.ok(shelf.has(100));
});

test('what went is forgotten, and all is given back', () => {
  const pool = new ViewTexts();
  const shelf = shelfOf(pool, 'a');
  shelf.put(1, 'one');
  shelf.put(2, 'two');
  shelf.put(3, 'x'.repeat(1_000_000));
  shelf.forget([1, 7]);
  assert.deepEqual([shelf.has(1), shelf.has(2), shelf.has(3)], [false, true, false]);
  shelf.clear();
  assert.equal(pool.bytes, 0);
});
