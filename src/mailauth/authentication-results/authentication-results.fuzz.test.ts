import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { foldedValue, splitHeader, splitHeaderText } from '#mail/header.ts';
import { domain } from '../dmarc/judge-dmarc.fixture.ts';
import { formatAuthenticationResults } from './format-authentication-results.ts';
import { parseAuthenticationResults } from './parse-authentication-results.ts';
import { forgedResults, withoutFields } from './remove-forged-results.ts';

const runs = { numRuns: Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) };
const us = domain('mx.example.test');
const own = { authservIds: [us], statusFields: ['x-postern-verdict'] };

const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ';',
        '"',
        '\\',
        '(',
        ')',
        '=',
        ' ',
        '  ',
        '\r\n',
        '\r\n ',
        '\n',
        '\r',
        '\0',
        '.',
        'dmarc=pass',
        '=?utf-8?Q?x?=',
        'é',
        '\u2028',
      ),
      fc.string({ maxLength: 5, unit: 'binary' }),
      fc.string({ maxLength: 200, unit: 'grapheme-ascii' }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));
const keyword = fc
  .stringMatching(/^[a-z][a-z0-9]{0,9}$/)
  .filter((word) => word !== 'none' && word !== 'reason');
const property = fc.record({ type: keyword, name: keyword, value: hostileText });
const result = fc.record(
  { method: keyword, result: keyword, reason: hostileText, properties: fc.array(property, { maxLength: 5 }) },
  { requiredKeys: ['method', 'result', 'properties'] },
);

test('what is written is read back: nothing a peer wrote breaks out, nothing is added or lost (I-48, S-05)', () => {
  fc.assert(
    fc.property(fc.array(result, { maxLength: 8 }), (results) => {
      const field = formatAuthenticationResults(us, results);
      assert.match(field, /^[\x20-\x7e\r\n]*\r\n$/);
      for (const line of field.slice(0, -2).split('\r\n'))
        assert.ok(line.trim() !== '' && line.length <= 998);
      const header = splitHeaderText(`${field}Subject: x\r\n\r\n`);
      assert.equal(header.fields.length, 2);
      const [first] = header.fields;
      assert.ok(first !== undefined);
      const read = parseAuthenticationResults(foldedValue(header, first));
      assert.ok(read.ok, field);
      assert.equal(read.value.authservId, us);
      const shape = (of: typeof read.value.results) =>
        of.map((one) => [
          one.method,
          one.result,
          one.reason !== undefined,
          one.properties.map(({ type, name }) => [type, name]),
        ]);
      assert.deepEqual(shape(read.value.results), shape(results));
      // Written once more, it does not change.
      assert.equal(formatAuthenticationResults(us, read.value.results), field);
      assert.deepEqual(forgedResults(header, own), [first], 'whoever forges it finds it removed');
    }),
    runs,
  );
});

test('any value is read or refused', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (a, b) => {
      const text = Buffer.from(`${a}; spf=pass ${b}`).toString('latin1');
      const read = parseAuthenticationResults(text);
      if (!read.ok) return;
      for (const one of read.value.results)
        for (const { value } of one.properties) assert.doesNotMatch(value, /[\r\n\0]/);
    }),
    runs,
  );
});

test('long hostile values are read in linear time', () => {
  for (const piece of [';', '(', '"', '\\', 'a=b;', ' a.b=c', '()', 'a', '=', '\r\n ']) {
    const value = `mx; spf=pass ${piece.repeat(Math.ceil(262_144 / piece.length))}`;
    const startedMs = performance.now();
    parseAuthenticationResults(value);
    forgedResults(splitHeaderText(`Authentication-Results: ${value.slice(2)}\r\n`), own);
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs < 2000, `${JSON.stringify(piece)} took ${Math.round(tookMs)} ms`);
  }
});

/** What may stand between the words of our name's field without changing what it says. */
const disguise = fc.constantFrom(
  '',
  ' ',
  '\t',
  '\r\n ',
  '(x)',
  '(mx.other.example; x)',
  ' (a (b) \\) c) ',
  '\r\n\t(y)\r\n ',
);
const foreign = fc.constantFrom(
  'Received: from x\r\n\tby y\r\n',
  'Authentication-Results: mx.other.example; none\r\n',
  'X: \xff\xfe\r\n',
  'no field\r\n',
  'Subject:\n a\n',
);

test('our name is found in any case and dressing, and every other byte stays (I-48)', () => {
  const name = fc.mixedCase(fc.constant('authentication-results'));
  const id = fc
    .mixedCase(fc.constant('mx.example.test'))
    .chain((text) => fc.constantFrom(text, `"${text}"`, `${text}.`));
  const forged = fc
    .tuple(name, disguise, id, disguise, fc.constantFrom('', ' 1'), hostileText)
    .map(([field, before, who, after, version, rest]) => {
      const tail = Buffer.from(rest)
        .toString('latin1')
        .replaceAll(/[\r\n]/g, '');
      return `${field}:${before}${who}${after}${version}; ${tail}\r\n`;
    });
  const piece = fc.oneof(
    foreign.map((text) => ({ text, forged: false })),
    forged.map((text) => ({ text, forged: true })),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const bytes = (kept: typeof pieces) =>
        Buffer.from(`${kept.map(({ text }) => text).join('')}\r\nbody`, 'latin1');
      const header = bytes(pieces);
      const cleaned = withoutFields(header, forgedResults(splitHeader(header), own));
      assert.deepEqual(cleaned, bytes(pieces.filter((one) => !one.forged)));
    }),
    runs,
  );
});
