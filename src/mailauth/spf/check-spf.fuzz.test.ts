import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver, createKnowingResolver } from '#platform/fake-resolver.ts';
import { createPublishedRecords } from '../published-records.ts';
import { checkHeloSpf, checkSpf } from './check-spf.ts';
import { spfWorldCase } from './random-zone.fixture.ts';
import type { SpfWorldCase } from './random-zone.fixture.ts';
import { explanationBytesMax, lookupTermsMax, questionsMax, voidLookupsMax } from './spf-limits.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);
const results = ['none', 'neutral', 'pass', 'fail', 'softfail', 'temperror', 'permerror'];

async function holds({ input, zone }: SpfWorldCase): Promise<void> {
  for (const check of [checkSpf, checkHeloSpf]) {
    const resolver = createFakeResolver(zone);
    const outcome = await check(input, { resolver, clock: createFakeClock(), receiver: 'us.example' });
    const { evidence, explanation } = outcome;
    assert.ok(results.includes(outcome.result));
    assert.ok(resolver.asked.length <= questionsMax, 'questions are bounded');
    assert.equal(new Set(resolver.asked).size, resolver.asked.length, 'nothing is asked twice');
    assert.equal(evidence.asked.length, resolver.asked.length, 'every question is told');
    assert.ok(evidence.lookupTerms <= lookupTermsMax + 1);
    assert.ok(evidence.voidLookups <= voidLookupsMax + 1);
    const decided = evidence.problem === undefined;
    assert.equal(decided, ['pass', 'fail', 'softfail', 'neutral'].includes(outcome.result));
    if (explanation !== undefined) {
      assert.equal(outcome.result, 'fail');
      assert.match(explanation, /^[\x20-\x7e]+$/);
      assert.ok(explanation.length <= explanationBytesMax);
    }
    assert.doesNotMatch(JSON.stringify(evidence), /\\u00[01]|\\[nr]/, 'no control reaches the trace');
  }
}

test('whatever zones say, SPF ends within its bounds and never throws (P-19, S-09)', async () => {
  await fc.assert(
    fc.asyncProperty(spfWorldCase({ exchangersMax: 14, garbage: true, reverse: true }), holds),
    { numRuns },
  );
});

test('what the resolver and we remember is judged at once, and as what is asked and read anew', async () => {
  const records = createPublishedRecords();
  const same = async ({ input, zone }: SpfWorldCase): Promise<void> => {
    const world = { clock: createFakeClock(), receiver: 'us.example' };
    const asked = createFakeResolver(zone);
    const known = createKnowingResolver(zone);
    const outcome = checkSpf(input, { ...world, resolver: known, records });
    assert.ok(!(outcome instanceof Promise));
    assert.deepEqual(outcome, await checkSpf(input, { ...world, resolver: asked }));
    assert.deepEqual(known.asked, asked.asked);
    const told = checkSpf(input, { ...world, resolver: { ...known, writesDown: true }, records });
    assert.deepEqual(told, { ...outcome, evidence: { ...outcome.evidence, asked: [] } });
  };
  await fc.assert(fc.asyncProperty(spfWorldCase({ exchangersMax: 14, garbage: true, reverse: true }), same), {
    numRuns,
  });
});

test('whatever a session says, SPF ends within its bounds and never throws (I-35)', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 });
  const world = fc
    .tuple(spfWorldCase({ exchangersMax: 3, garbage: true, reverse: true }), text, text)
    .map(([{ input, zone }, helo, mailFrom]) => ({
      input: { ...input, helo, mailFrom: `${mailFrom}@a.example` },
      zone,
    }));
  await fc.assert(fc.asyncProperty(world, holds), { numRuns });
});
