import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { expandMacros } from './expand-macros.ts';
import type { MacroValues } from './expand-macros.ts';
import { parseExplanation } from './parse-spf-record.ts';
import { targetName } from './target-name.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

const values: Readonly<Record<string, string>> = {
  s: 'strong-bad@email.example.com',
  l: 'strong-bad',
  o: 'email.example.com',
  d: 'email.example.com',
  i: '192.0.2.3',
  v: 'in-addr',
  h: 'mx.example.org',
  p: 'mx.example.org',
};
const valueOf: MacroValues = (letter) => values[letter];

function expand(text: string): string | undefined {
  const macros = parseExplanation(text);
  return macros === undefined ? undefined : expandMacros(macros, valueOf);
}

/** RFC 7208 §7.4 and what follows from §7.3. */
const examples: readonly (readonly [macros: string, text: string | undefined])[] = [
  ['%{s}', 'strong-bad@email.example.com'],
  ['%{o}', 'email.example.com'],
  ['%{d}', 'email.example.com'],
  ['%{d4}', 'email.example.com'],
  ['%{d3}', 'email.example.com'],
  ['%{d2}', 'example.com'],
  ['%{d1}', 'com'],
  ['%{dr}', 'com.example.email'],
  ['%{d2r}', 'example.email'],
  ['%{l}', 'strong-bad'],
  ['%{l-}', 'strong.bad'],
  ['%{lr}', 'strong-bad'],
  ['%{lr-}', 'bad.strong'],
  ['%{l1r-}', 'strong'],
  ['%{ir}.%{v}._spf.%{d2}', '3.2.0.192.in-addr._spf.example.com'],
  ['%{lr-}.lp._spf.%{d2}', 'bad.strong.lp._spf.example.com'],
  ['%{lr-}.lp.%{ir}.%{v}._spf.%{d2}', 'bad.strong.lp.3.2.0.192.in-addr._spf.example.com'],
  ['%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}', '3.2.0.192.in-addr.strong.lp._spf.example.com'],
  ['%{d2}.trusted-domains.example.net', 'example.com.trusted-domains.example.net'],
  ['%{S}', 'strong-bad%40email.example.com'],
  ['%{D128R}', 'com.example.email'],
  ['%{d99999999999999999999}', 'email.example.com'],
  ['%%%_%-', '% %20'],
  ['%{t}', undefined],
  ['%', undefined],
  ['%{', undefined],
  ['%{d', undefined],
  ['%{d0}', undefined],
  ['%{dd}', undefined],
  ['%{r2d}', undefined],
  ['%{x}', undefined],
  ['%(d)', undefined],
  ['%{d}\u0007', undefined],
  ['%{d}\u00e9', undefined],
];

test('macros expand as RFC 7208 §7.4 shows (I-36)', () => {
  for (const [macros, text] of examples) assert.equal(expand(macros), text, macros);
});

test('no macro-string makes the grammar throw, nor its expansion grow beyond its parts', () => {
  const piece = fc.constantFrom('%{d}', '%{s9r-.+}', '%%', '%', '{', '}', '%{L}', 'x', '.', '-', '\u0000');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = expand(pieces.join(''));
      assert.ok(text === undefined || text.length <= pieces.length * 90);
    }),
    { numRuns },
  );
});

test('a target is cut from the left to 253 octets, and is a name that could exist (RFC 7208 §7.3)', () => {
  const long = `${'a'.repeat(50)}.`.repeat(6);
  assert.equal(targetName(`${long}example.com`), `${`${'a'.repeat(50)}.`.repeat(4)}example.com`);
  assert.equal(
    targetName(`${'a'.repeat(62)}.${'b'.repeat(62)}.${'c'.repeat(62)}.${'d'.repeat(61)}.ex`)?.length,
    253,
  );
  assert.equal(targetName('EXAMPLE.com.'), 'example.com');
  const longest = `${'a'.repeat(62)}.${'b'.repeat(62)}.${'c'.repeat(62)}.${'d'.repeat(61)}.ex`;
  for (const before of ['', 'x.', 'y.x.']) assert.equal(targetName(before + longest), longest);
  assert.equal(targetName(`x${longest}`), longest.slice(63));
  for (const bad of [
    '',
    '.',
    'localhost',
    '192.0.2.1',
    'a..b',
    `${'a'.repeat(64)}.com`,
    'x'.repeat(300),
    'a.\n',
  ]) {
    assert.equal(targetName(bad), undefined, bad);
  }
});
