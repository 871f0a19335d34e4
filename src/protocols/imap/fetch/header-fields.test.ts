import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseFields } from './header-fields.ts';

const header = 'From: a\r\nSUBJECT : b\r\n c\r\n\td\r\nno field\r\nX: 1\r\nx: 2\r\n\r\n';

test('fields are chosen by name in any case, with their folded lines, in their order', () => {
  const choose = (fields: readonly string[], except = false): string =>
    chooseFields(header, { fields: new Set(fields), except });
  assert.equal(choose(['subject']), 'SUBJECT : b\r\n c\r\n\td\r\n\r\n');
  assert.equal(choose(['x', 'From']), 'From: a\r\nX: 1\r\nx: 2\r\n\r\n');
  assert.equal(choose(['none']), '\r\n');
  assert.equal(choose(['from', 'subject'], true), 'no field\r\nX: 1\r\nx: 2\r\n\r\n');
});

test('a header without a blank line, and one with line feeds only, are read to their end', () => {
  assert.equal(chooseFields('A: 1\r\nB: 2', { fields: new Set(['b']), except: false }), 'B: 2\r\n');
  assert.equal(chooseFields('A: 1\n\nB: 2', { fields: new Set(['b']), except: false }), '\r\n');
});

test('a header of very many lines without a colon takes linear time', () => {
  const start = performance.now();
  chooseFields('a\n'.repeat(300_000), { fields: new Set(['b']), except: false });
  assert.ok(performance.now() - start < 2_000);
});
