import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { preparedBytesMax, saslprep } from './saslprep.ts';

test('RFC 4013 §3: the examples', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['\u0007', undefined],
    ['\u0627\u0031', undefined],
    ['a\u00a0b', 'a b'],
    ['', undefined],
    ['\u00ad', undefined],
    ['\ud800', undefined],
    ['x'.repeat(preparedBytesMax + 1), undefined],
    ['\ufdfa'.repeat(100), undefined],
  ];
  for (const [given, expected] of cases) {
    const prepared = saslprep(given);
    assert.equal(prepared.ok ? prepared.value : undefined, expected, JSON.stringify(given));
  }
});

test('what is prepared stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const once = saslprep(text);
      if (once.ok) assert.deepEqual(saslprep(once.value), once);
    }),
  );
});
