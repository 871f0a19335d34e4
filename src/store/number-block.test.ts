import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextUidValidity, numberBlockStep, takeNumbers } from './number-block.ts';

test('numbers come in a row and never beyond the mark', () => {
  let block = { next: 1, mark: 1 };
  let raises = 0;
  for (let n = 1; n <= 1000; n += 1) {
    const taken = takeNumbers(block, 1);
    assert.equal(taken.first, n);
    assert.ok(taken.block.next <= taken.block.mark);
    if (taken.raised) raises += 1;
    block = taken.block;
  }
  assert.equal(raises, Math.ceil(1000 / numberBlockStep));
  assert.ok(takeNumbers(block, 5_000).block.mark >= 6_001);
});

test('UIDVALIDITY rises also when the clock goes back', () => {
  assert.equal(nextUidValidity(0, 1_700_000_000_999), 1_700_000_000);
  assert.equal(nextUidValidity(1_800_000_000, 1_700_000_000_000), 1_800_000_001);
});
