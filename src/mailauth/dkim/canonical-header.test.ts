import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitHeader } from '#mail/header.ts';
import { CanonicalHeader } from './canonical-header.ts';
import { signedFields } from './signed-fields.ts';

const text =
  'A: first\r\nDKIM-Signature: upper\r\na : sec\r\n ond \r\nB:x\r\nDKIM-Signature: own\r\nDKIM-Signature: lower\r\nA:last';
const header = new CanonicalHeader(splitHeader(Buffer.from(text)));
const own = header.fields('dkim-signature')[1] ?? assert.fail();

function selected(...names: readonly string[]): readonly string[] {
  return signedFields(header, names, own).fields.map((field) => header.canonical(field, 'relaxed'));
}

test('h= takes fields from the last to the first, each once, and passes over what is not there', () => {
  assert.deepEqual(selected('a', 'c', 'b', 'a', 'b'), ['a:last\r\n', 'b:x\r\n', 'a:sec ond\r\n']);
  assert.deepEqual(selected('a', 'a', 'a', 'a', 'a'), ['a:last\r\n', 'a:sec ond\r\n', 'a:first\r\n']);
});

test('a signature never covers its own field, others of the name it does (RFC 6376 §3.5)', () => {
  assert.deepEqual(selected('dkim-signature', 'dkim-signature', 'dkim-signature'), [
    'dkim-signature:lower\r\n',
    'dkim-signature:upper\r\n',
  ]);
});

test('simple form is the field as it stands, ended by one CR LF', () => {
  assert.deepEqual(
    header.fields('a').map((field) => header.canonical(field, 'simple')),
    ['A: first\r\n', 'a : sec\r\n ond \r\n', 'A:last\r\n'],
  );
});
