import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingYaml } from '#test/suites/read-yaml.ts';
import { readArcSuite } from '#test/suites/arc-suite.ts';
import type { ArcCase } from '#test/suites/arc-suite.ts';
import { signaturesOf } from '../message-signatures.fixture.ts';

const suites = process.env['POSTERN_SUITES'];

/** Where the suite says nothing (a seal that says `cv=fail`), RFC 8617 §5.2 step 2 does: fail. */
async function difference(one: ArcCase): Promise<string | undefined> {
  const outcome = await signaturesOf(one.message, { zone: one.zone }).arc();
  const expected = one.expected === '' ? 'fail' : one.expected;
  if (outcome.result === expected) return undefined;
  return `${one.section} / ${one.name}: ${outcome.result} (${outcome.detail}) instead of ${expected}`;
}

test('the ARC suite: 175 of 175 validations (I-42)', async (t) => {
  if (suites === undefined) return t.skip('POSTERN_SUITES is not set');
  const missing = missingYaml();
  if (missing !== undefined) return t.skip(missing);
  const cases = readArcSuite(`${suites}/arc/arc-draft-validation-tests.yml`);
  assert.equal(cases.length, 175);
  const found = await Promise.all(cases.map(difference));
  assert.deepEqual(
    found.filter((one) => one !== undefined),
    [],
  );
});
