import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { referenceFolder, referencePages } from '../../scripts/reference-pages.ts';
import { readRequirements, unknownCitations } from '../../scripts/requirements.ts';

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

test('the generated reference agrees with the code', () => {
  for (const [name, text] of referencePages()) {
    assert.equal(
      readFileSync(join(referenceFolder, name), 'utf8'),
      text,
      `${name}: run \`npm run reference\``,
    );
  }
});
