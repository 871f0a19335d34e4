import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { idTimeMs, makeId, parseId } from './id.ts';
import type { TraceId } from './id.ts';

const runs = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);
const msMax = 2 ** 48 - 1;

const spelled: readonly (readonly [nowMs: number, random: readonly number[], id: string])[] = [
  [0, Array<number>(10).fill(0), '0'.repeat(26)],
  [msMax, Array<number>(10).fill(255), `7${'Z'.repeat(25)}`],
  [1_700_000_000_123.7, [1, 2, 3, 4, 5, 250, 251, 252, 253, 254], '01HF7YAT3V04106105ZBXZSZFY'],
];

test('an id is ten characters of time and sixteen of chance, the highest bits first (CONTRACTS §4)', () => {
  for (const [nowMs, random, id] of spelled) assert.equal(makeId(nowMs, Uint8Array.from(random)), id);
});

const moment = fc.integer({ min: 0, max: msMax });
const chance = fc.uint8Array({ minLength: 10, maxLength: 10 });

test('ids are read back, tell their time, and sort by it and then by their chance', () => {
  fc.assert(
    fc.property(moment, chance, moment, chance, (ms, random, otherMs, otherRandom) => {
      const id = makeId<TraceId>(ms, random);
      assert.equal(parseId<TraceId>(id.toLowerCase()), id);
      assert.equal(idTimeMs(id), ms);
      const other = makeId<TraceId>(otherMs, otherRandom);
      const order = Math.sign(ms - otherMs) || Buffer.compare(random, otherRandom);
      assert.equal(id < other ? -1 : id > other ? 1 : 0, order);
    }),
    { numRuns: runs },
  );
});
