import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRequirements, requirementTable, unknownCitations } from '../../scripts/requirements.ts';

const root = join(import.meta.dirname, '../..');

test('every cited requirement stands in the list', () => {
  assert.deepEqual(unknownCitations(), []);
});

test('a requirement that is called done is cited by code and by a test', () => {
  const unproven = readRequirements().filter(
    (row) => row.state === 'done' && (row.code.length === 0 || row.tests.length === 0),
  );
  assert.deepEqual(
    unproven.map((row) => row.id),
    [],
  );
});

test('the requirement table agrees with the code', () => {
  const stored = readFileSync(join(root, 'docs/reference/requirements.md'), 'utf8');
  assert.equal(stored, requirementTable(), 'run `npm run reference`');
});
