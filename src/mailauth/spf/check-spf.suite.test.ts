import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientAddress } from '#base/client-address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import { missingYaml } from '#test/suites/read-yaml.ts';
import { checkSpf } from './check-spf.ts';
import type { SpfOutcome } from './spf-outcome.ts';
import { readSpfSuite } from '#test/suites/spf-suite.ts';
import type { SpfCase } from '#test/suites/spf-suite.ts';

const suites = process.env['POSTERN_SUITES'];

async function check(one: SpfCase): Promise<SpfOutcome> {
  const address = parseClientAddress(one.host) ?? assert.fail(one.host);
  return await checkSpf(
    { address, helo: one.helo, mailFrom: one.mailFrom },
    { resolver: createFakeResolver(one.zone), clock: createFakeClock(), receiver: 'receiver.example' },
  );
}

function difference(one: SpfCase, outcome: SpfOutcome): string | undefined {
  const explanation = outcome.explanation ?? 'DEFAULT';
  const agrees =
    one.results.includes(outcome.result) &&
    (one.explanation === undefined || outcome.result !== 'fail' || one.explanation === explanation);
  if (agrees) return undefined;
  return `${one.section} / ${one.name}: ${outcome.result} ${explanation} instead of ${one.results.join(' or ')} ${one.explanation ?? ''} ${JSON.stringify(outcome.evidence.problem)}`;
}

test('the suite of RFC 7208: 203 of 203 (P-19, I-35, I-36, I-37)', async (t) => {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  const missing = missingYaml();
  if (missing !== undefined) return t.skip(missing);
  const cases = readSpfSuite(`${suites}/spf/rfc7208-tests.yml`);
  assert.equal(cases.length, 203);
  const outcomes = await Promise.all(cases.map(async (one) => difference(one, await check(one))));
  assert.deepEqual(
    outcomes.filter((one) => one !== undefined),
    [],
  );
});
