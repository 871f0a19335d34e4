import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textHasher } from './text-hash.ts';

test('names that are much alike are spread over all hashes', () => {
  const hash = textHasher(1);
  const hashes = Array.from({ length: 20_000 }, (_, n) => hash(`host-${n}.example.net`));
  assert.ok(hashes.every((one) => Number.isInteger(one) && one >= 0 && one < 2 ** 30));
  assert.ok(new Set(hashes).size > 19_990);
  const perSixteenth = Map.groupBy(hashes, (one) => one >>> 26);
  for (const [part, found] of perSixteenth)
    assert.ok(Math.abs(found.length - 1_250) < 250, `${part}: ${found.length}`);
});

test('another seed gives other hashes; the same gives the same', () => {
  const names = Array.from({ length: 1_000 }, (_, n) => `${n}.example.org`);
  const [hash, again, other] = [textHasher(7), textHasher(7), textHasher(8)];
  assert.deepEqual(names.map(hash), names.map(again));
  assert.ok(names.filter((name) => hash(name) === other(name)).length < 5);
});
