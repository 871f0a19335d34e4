import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorTable } from '#admin/errors.ts';
import { errorsReference, settingsReference } from './reference.ts';
import { settings } from './settings.ts';

test('every setting and every error stands in the reference, once', () => {
  const written = settingsReference();
  for (const { name } of settings) assert.equal(written.split(`| \`${name}\` |`).length, 2, name);
  for (const code of Object.keys(errorTable)) assert.ok(errorsReference().includes(`| \`${code}\` |`), code);
});

test('every default is a value of its own kind', () => {
  for (const row of settings)
    assert.deepEqual(
      row.kind.read(row.kind.write(row.defaultValue)),
      { ok: true, value: row.defaultValue },
      row.name,
    );
});
