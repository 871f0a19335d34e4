import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOnce } from './read-once.ts';

test('a text is read once, as long as there is room for it; what nothing was made of too', () => {
  const read: string[] = [];
  const reader = readOnce((text) => (read.push(text), text === '' ? undefined : { text }), {
    entriesMax: 2,
    charsMax: 3,
  });
  assert.equal(reader('abc'), reader('abc'));
  assert.equal(reader(''), undefined);
  assert.equal(reader(''), undefined);
  assert.deepEqual(read, ['abc', '']);
  assert.notEqual(reader('long'), reader('long'));
  reader('new');
  reader('');
  reader('abc');
  assert.deepEqual(read, ['abc', '', 'long', 'long', 'new', 'abc']);
});
