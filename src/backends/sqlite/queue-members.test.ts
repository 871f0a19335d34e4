import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readMembers, writeMembers } from './queue-members.ts';

test('a thousand neighbours are one range', () => {
  assert.equal(writeMembers(Array.from({ length: 1000 }, (_, n) => n)), '0-999');
  assert.equal(writeMembers([0, 1, 2, 4, 7, 8]), '0-2,4,7-8');
  assert.equal(writeMembers([]), '');
});

test('what is written reads back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(200)), (numbers) => {
      const members = numbers.toSorted((a, b) => a - b);
      assert.deepEqual(readMembers(writeMembers(members)), members);
    }),
  );
});
