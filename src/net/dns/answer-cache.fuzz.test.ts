import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AnswerCache } from './answer-cache.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

test('whatever comes and goes in whatever order, its bounds and its time hold', () => {
  const act = fc.record({
    name: fc.nat(30),
    ttlMs: fc.integer({ min: -1, max: 50 }),
    sizeBytes: fc.oneof(
      fc.nat(1_000),
      fc.integer({ min: 1, max: 3 }).map((parts) => parts * 3_000_000),
    ),
    waitMs: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      let nowMs = 0;
      const cache = new AnswerCache<number>(() => nowMs);
      const said = new Map<string, readonly [value: number, untilMs: number]>();
      for (const [value, { name, ttlMs, sizeBytes, waitMs }] of acts.entries()) {
        nowMs += waitMs;
        cache.set('A', String(name), { value: value, ttlMs, sizeBytes });
        said.set(String(name), [value, nowMs + ttlMs]);
        for (const [key, [last, untilMs]] of said) {
          const found = cache.get('A', key);
          if (found !== undefined) assert.deepEqual(found, { value: last, leftMs: untilMs - nowMs });
        }
        const isKept = ttlMs > 0 && sizeBytes < 8_000_000;
        assert.equal(cache.get('A', String(name)) !== undefined, isKept);
        assert.ok(cache.size <= said.size);
      }
    }),
    { numRuns },
  );
});
