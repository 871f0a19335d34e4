import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createFakeRandom } from '#platform/fake-random.ts';
import { canonicalName, spelledByChance } from './dns-name.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

test('a name has one spelling: lower case, no dot at its end, the root a dot', () => {
  const long = 'x'.repeat(63);
  const whole = `${long}.${long}.${long}.${'y'.repeat(61)}`;
  for (const [text, name] of [
    ['Mail.EXAMPLE.test.', 'mail.example.test'],
    ['_dmarc.a-b.test', '_dmarc.a-b.test'],
    ['.', '.'],
    [long, long],
    [whole, whole],
    [`${whole}.`, whole],
  ] as const)
    assert.equal(canonicalName(text), name);
});

test('what cannot be asked for has none', () => {
  const long = 'x'.repeat(63);
  for (const text of [
    '',
    '..',
    '.a',
    'a..b',
    'a.b..',
    'a b',
    'a\u0000',
    'bücher.test',
    // In lower case this one would be a letter of ASCII.
    '\u212aelvin.test',
    `${long}x.test`,
    `test.${long}x`,
    `${long}.${long}.${long}.${'y'.repeat(62)}`,
  ])
    assert.equal(canonicalName(text), undefined, text);
});

test('it is what a pattern says of it', () => {
  const pattern = /^(?=.{1,253}\.?$)[!-\-/-~]{1,63}(?:\.[!-\-/-~]{1,63})*\.?$/;
  const label = fc.string({
    maxLength: 70,
    unit: fc.constantFrom('a', 'Z', '-', '0', '_', '~', ' ', '\u00e4'),
  });
  fc.assert(
    fc.property(fc.array(label, { maxLength: 6 }), (labels) => {
      const text = labels.join('.');
      const name = pattern.test(text) ? text.replace(/\.$/, '').toLowerCase() : undefined;
      assert.equal(canonicalName(text), text === '.' ? '.' : name);
    }),
    { numRuns },
  );
});

test('chance reaches every letter of a name, and nothing but its letters', () => {
  const name = `${'a-1.'.repeat(62)}abz`;
  const random = createFakeRandom(7);
  const seen = Array.from(name, () => new Set<string>());
  for (let count = 0; count < 64; count += 1) {
    const spelled = spelledByChance(name, random);
    assert.equal(spelled.toLowerCase(), name);
    for (const [at, letter] of Array.from(spelled).entries()) seen[at]?.add(letter);
  }
  for (const [at, letter] of Array.from(name).entries())
    assert.equal(seen[at]?.size, /[a-z]/.test(letter) ? 2 : 1, `${at} ${letter}`);
});
