import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { convertLongLines, convertTo7Bit } from './convert-7bit.ts';
import { isEightBit, isSevenBit } from './builder.ts';
import { messageLimits } from './message-limits.ts';
import { MessageParser, parseMessage } from './message-parser.ts';
import { searchableText } from './searchable-text.ts';
import type { MessageSummary, Part } from './summary.ts';

const runs = { numRuns: Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) };

const pieces = [
  'Content-Type: multipart/mixed; boundary=b\r\n',
  'Content-Type: multipart/digest; boundary="bb"\r\n',
  'Content-Type: multipart/signed; boundary=s\r\n',
  'Content-Type: message/rfc822\r\n',
  'Content-Type: text/html; charset=utf-8\r\n',
  'Content-Type: image/png; name*0="a"; name*1="b"\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Transfer-Encoding: 8bit\r\n',
  'Content-Disposition: attachment; filename=x\r\n',
  'Subject: =?utf-8?q?x?=\r\n',
  'Subject: \xc3\xa9\r\n',
  'From: A <a@b>, g: c@d;\r\n',
  '\r\n',
  '\n',
  '\r',
  '--b\r\n',
  '--bb\n',
  '--b--\r\n',
  '--bb--\r\n',
  '--s\r\n',
  '--s--',
  '--',
  '-',
  'text\r\n',
  ' ',
  '\xc3\xa9',
  '\0',
  'x'.repeat(600),
  '<p>x</p>',
  'eHl6',
];

const message = fc
  .array(fc.constantFrom(...pieces), { maxLength: 40 })
  .map((list) => Buffer.from(list.join(''), 'latin1'));

function inPieces(bytes: Buffer, sizes: readonly number[]): MessageSummary {
  const parser = new MessageParser(limits);
  let at = 0;
  for (let i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    parser.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parser.finish();
}

const limits = { ...messageLimits, depthMax: 6, partsMax: 12, headerBytesMax: 300, headersBytesMax: 900 };

function assertSound(part: Part, outer: { readonly start: number; readonly end: number }): void {
  assert.ok(outer.start <= part.header.start && part.header.start <= part.header.end);
  assert.ok(
    part.header.end <= part.body.start && part.body.start <= part.body.end && part.body.end <= outer.end,
  );
  assert.equal(part.type === 'multipart', part.parts.length > 0);
  for (const child of part.parts) assertSound(child, part.body);
  if (part.message !== undefined) assertSound(part.message.structure, part.body);
}

test('any bytes in any chunking: the same summary, sound ranges, plain data', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(message, sizes, (bytes, sizes) => {
      const whole = parseMessage(bytes, limits);
      assert.deepEqual(inPieces(bytes, sizes), whole);
      assertSound(whole.structure, { start: 0, end: bytes.length });
      assert.equal(whole.structure.body.end, bytes.length);
      searchableText(bytes, whole);
      assert.equal(JSON.stringify(JSON.parse(JSON.stringify(whole))), JSON.stringify(whole));
    }),
    runs,
  );
});

const conversions = [
  [convertTo7Bit, isSevenBit],
  [convertLongLines, isEightBit],
] as const;

test('conversion: gives what fits or nothing, keeps the tree', () => {
  const shape = (part: Part): string =>
    `${part.type}/${part.subtype}(${part.parts.map(shape).join()})${part.message === undefined ? '' : shape(part.message.structure)}`;
  fc.assert(
    fc.property(message, (bytes) => {
      const before = parseMessage(bytes);
      for (const [convert, fits] of conversions) {
        const converted = convert(bytes, before);
        if (converted === undefined) continue;
        assert.ok(fits(converted));
        assert.equal(shape(parseMessage(converted).structure), shape(before.structure));
      }
    }),
    runs,
  );
});
