import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { RecentBytes } from './recent-bytes.ts';

const runs = { numRuns: Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) };

test('however it comes, what is kept is its end, and no more room than that once it rests', () => {
  const pieces = fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant('rest' as const)));
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 30 }), (steps, bytesMax) => {
      const recent = new RecentBytes(bytesMax);
      let all = Buffer.alloc(0);
      for (const step of steps) {
        if (step === 'rest') recent.compact();
        else {
          recent.add(step);
          all = Buffer.concat([all, step]);
        }
        const end = all.subarray(Math.max(0, all.length - bytesMax));
        assert.equal(recent.length, end.length);
        assert.equal(recent.last, end.at(-1));
      }
      const kept = recent.compact();
      assert.ok(kept.equals(all.subarray(Math.max(0, all.length - bytesMax))));
      assert.equal(kept.buffer.byteLength, kept.length);
    }),
    runs,
  );
});
