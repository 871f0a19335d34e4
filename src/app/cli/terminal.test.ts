import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable, printableJson } from './terminal.ts';

test('foreign text cannot steer a terminal', () => {
  assert.equal(printable('a\u001b[2Jb\u009b31mc\rd\u202ee'), 'a[2Jb31mcde');
});

test('JSON stays whole, with the same characters escaped', () => {
  const value = { text: 'a\u001b\u009b\u202eb' };
  const text = printableJson(value);
  assert.deepEqual(JSON.parse(text), value);
  assert.equal(printable(text), text);
});
