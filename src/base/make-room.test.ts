import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRoom } from './make-room.ts';

test('a bounded map stays within its bound and loses the oldest first', () => {
  const kept = new Map<string, number>();
  for (const [at, key] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
    makeRoom(kept, 3);
    kept.set(key, at);
    assert.ok(kept.size <= 3);
  }
  assert.deepEqual([...kept.keys()], ['d', 'e', 'f']);
});

test('nothing goes while there is room', () => {
  const kept = new Map([['a', 1]]);
  makeRoom(kept, 2);
  assert.equal(kept.size, 1);
});
