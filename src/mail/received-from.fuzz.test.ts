import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readReceivedFrom } from './received-from.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

/** What a peer may call itself: one word of a command line, made of what means something in a field. */
const helo = fc
  .array(
    fc.constantFrom(
      '[198.51.100.9]',
      '198.51.100.9',
      'helo=',
      'HELO',
      'by',
      'from',
      'x',
      '.',
      '[',
      ']',
      '(',
      ')',
      '\\',
      '"',
      '=',
      ':',
      '\u00a0',
      '\u0085',
      '\u0000',
      'ü',
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((words) => words.join(''));

/** How servers write it down beside the address that they saw. */
const forms: readonly ((name: string) => string)[] = [
  (name) => `from ${name} (unknown [192.0.2.1]) by gw.example (Postfix) with ESMTP id x`,
  (name) => `from ${name} (rdns.example [192.0.2.1] (may be forged))\r\n\tby gw.example (8.17.1/8.17.1)`,
  (name) => `from rdns.example ([192.0.2.1] helo=${name}) by gw.example with esmtp (Exim 4.96)`,
  (name) => `from [192.0.2.1] (helo=${name}) by gw.example with smtp (Exim 4.96)`,
  (name) => `from [192.0.2.1] (port=4711 helo=${name}) by gw.example with smtp (Exim 4.96)`,
  (name) => `from ${name} (192.0.2.1) by gw.example (192.0.2.2) with Microsoft SMTP Server`,
  (name) => `from unknown (HELO ${name}) (192.0.2.1) by gw.example with SMTP`,
];

test('no word that a peer says of itself passes for the address that was seen (I-59)', () => {
  fc.assert(
    fc.property(helo, fc.constantFrom(...forms), (name, form) => {
      const read = readReceivedFrom(form(name));
      if (read.kind === 'from') assert.equal(read.from.address, '192.0.2.1', form(name));
    }),
    { numRuns },
  );
});

test('whatever stands there, it is read or it is not, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      readReceivedFrom(text);
      readReceivedFrom(`from ${text} by x`);
      readReceivedFrom(`from x (${text}) by x`);
    }),
    { numRuns },
  );
});
