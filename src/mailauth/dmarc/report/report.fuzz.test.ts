import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { reportBounds } from './aggregate-report.ts';
import { readAggregateReport } from './read-aggregate-report.ts';
import { readXml } from './read-xml.ts';
import type { XmlElement } from './read-xml.ts';
import { fastmailReport, googleReport, microsoftReport, newReport, yahooReport } from './reports.fixture.ts';

const numRuns = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

const name = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,8}$/);
const text = fc
  .string({ maxLength: 20 })
  .map((given) => given.replaceAll(/[\p{Cc}\ufffe\uffff\ud800-\udfff]/gu, '').trim());

function treeOf(depth: number): fc.Arbitrary<XmlElement> {
  const children = depth === 0 ? fc.constant([]) : fc.array(treeOf(depth - 1), { maxLength: 3 });
  return fc.record({ name, text, children }, { noNullPrototype: true });
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&#62;' };

function written({ name, text, children }: XmlElement): string {
  const inner = text.replaceAll(/[&<>]/g, (character) => escapes[character] ?? '');
  return `<x:${name} at='${inner.replaceAll("'", '&apos;')}'>${inner}${children.map(written).join('\n')}</x:${name}>`;
}

test('what is written is read again', () => {
  fc.assert(
    fc.property(treeOf(4), (element) => {
      assert.deepEqual(readXml(Buffer.from(written(element))), { ok: true, value: element });
    }),
    { numRuns },
  );
});

test('no octets whatever make it throw', () => {
  const marks = fc.constantFrom(
    '<',
    '>',
    '</',
    '/>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '&',
    ';',
    '<?',
    '"',
    'a',
    ' ',
    '=',
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(marks, { maxLength: 40 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        texts.map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        readXml(bytes);
        readAggregateReport(bytes);
      },
    ),
    { numRuns },
  );
});

test('a report with parts cut out, doubled or replaced is read within its bounds, or refused in words', () => {
  const samples = fc.constantFrom(googleReport, microsoftReport, yahooReport, fastmailReport, newReport);
  const change = fc.record({
    at: fc.nat({ max: 2_500 }),
    length: fc.nat({ max: 400 }),
    put: fc.oneof(
      fc.constantFrom('', '99999999999999', '-1', '<row>', '</record>', '\u202e', '&amp;'),
      fc.string(),
    ),
  });
  fc.assert(
    fc.property(samples, fc.array(change, { maxLength: 3 }), (sample, changes) => {
      const changed = changes.reduce<string>(
        (before, { at, length, put }) => before.slice(0, at) + put + before.slice(at + length),
        sample,
      );
      const read = readAggregateReport(Buffer.from(changed));
      if (!read.ok) return assert.ok(read.error.length > 0);
      const { rows, org, id } = read.value;
      assert.ok(rows.length <= reportBounds.rowsMax);
      assert.ok(rows.every(({ messages }) => Number.isSafeInteger(messages) && messages >= 0));
      assert.ok(
        Buffer.byteLength(org) <= reportBounds.orgBytesMax &&
          Buffer.byteLength(id) <= reportBounds.idBytesMax,
      );
      // oxlint-disable-next-line no-control-regex
      assert.doesNotMatch(org + id, /[\u0000-\u001f\u202e]/);
    }),
    { numRuns },
  );
});
