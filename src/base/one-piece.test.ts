import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { onePiece } from './one-piece.ts';

test('a text in one piece is the same text, wherever it was put together or cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.nat(40), (one, other, at) => {
      const joined = `${one}, which stands before ${other}`;
      assert.equal(onePiece(joined), joined);
      assert.equal(onePiece(joined.slice(at)), joined.slice(at));
      // Half a pair stays half a pair.
      assert.equal(onePiece(`😀${joined}`.slice(1)), `😀${joined}`.slice(1));
    }),
    { numRuns: Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) },
  );
});
