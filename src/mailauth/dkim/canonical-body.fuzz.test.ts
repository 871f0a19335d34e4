import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createCanonicalBody } from './canonical-body.ts';
import type { Canonicalization } from './canonical-header.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

/** The rules of RFC 6376 §3.4.3 and §3.4.4 over the whole text at once, one after the other. */
const slow: Readonly<Record<Canonicalization, (body: string) => string>> = {
  simple: (body) => `${body.replace(/(?:\r\n)+$/, '')}\r\n`,
  relaxed: (body) => {
    const lines = body.split('\r\n').map((line) => line.replaceAll(/[ \t]+/g, ' ').replace(/ $/, ''));
    while (lines.at(-1) === '') lines.pop();
    return lines.map((line) => `${line}\r\n`).join('');
  },
};

const piece = fc.constantFrom(
  'a',
  'bc',
  ' ',
  '\t',
  '  ',
  '\r\n',
  '\r',
  '\n',
  '\r\n\r\n',
  '\u00e9',
  'x'.repeat(40),
);
const body = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
const cuts = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 12 });

function canonicalOf(form: Canonicalization, text: string, sizes: readonly number[]): string {
  const pieces: Buffer[] = [];
  const canonical = createCanonicalBody(form, (bytes) => pieces.push(Buffer.from(bytes)));
  const bytes = Buffer.from(text, 'latin1');
  let at = 0;
  for (const size of sizes) {
    canonical.update(bytes.subarray(at, at + size));
    at += size;
  }
  canonical.update(bytes.subarray(at));
  canonical.end();
  return Buffer.concat(pieces).toString('latin1');
}

for (const form of ['simple', 'relaxed'] as const) {
  test(`the ${form} form of a body in any chunking is what the rules say`, () => {
    fc.assert(
      fc.property(body, cuts, (text, sizes) => {
        assert.equal(canonicalOf(form, text, sizes), slow[form](text));
      }),
      { numRuns },
    );
  });
}
