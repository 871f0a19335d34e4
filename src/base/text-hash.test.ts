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

test('which names share a hash hangs on the whole seed', () => {
  const [hash, again] = [textHasher(7), textHasher(7)];
  const byHash = new Map<number, string>();
  const sharing: (readonly [string, string])[] = [];
  for (let n = 0; sharing.length < 8; n += 1) {
    const name = `${String(n).padStart(7, '0')}.example.org`;
    const before = byHash.get(hash(name));
    if (before !== undefined) sharing.push([before, name]);
    byHash.set(hash(name), name);
  }
  for (const [one, other] of sharing) {
    assert.equal(again(one), again(other));
    const others = Array.from({ length: 30 }, (_, n) => textHasher(7 + 128 * (n + 1)));
    assert.ok(others.filter((hashed) => hashed(one) === hashed(other)).length < 3, `${one} ${other}`);
  }
});
