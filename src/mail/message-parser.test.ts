import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageParser, parseMessage } from './message-parser.ts';
import { messageLimits } from './message-limits.ts';
import { findPart, sectionRange } from './part-path.ts';
import { searchableText } from './searchable-text.ts';
import { foldForSearch } from './fold-search.ts';
import { shiftSummary } from './shift-summary.ts';
import type { Part } from './summary.ts';

function lines(...text: readonly string[]): Buffer {
  return Buffer.from(text.map((line) => `${line}\r\n`).join(''));
}

function shape(part: Part): string {
  const inner = part.message === undefined ? '' : `<${shape(part.message.structure)}>`;
  const parts = part.parts.length === 0 ? '' : `(${part.parts.map(shape).join(' ')})`;
  return `${part.type}/${part.subtype}${inner}${parts}`;
}

const nested = lines(
  'Subject: outer',
  'Content-Type: multipart/mixed; boundary=outer',
  '',
  'preamble',
  '--outer',
  '',
  'first',
  '--outer',
  'Content-Type: message/rfc822',
  '',
  'Subject: inner',
  'Content-Type: multipart/alternative; boundary="outer inner"',
  '',
  '--outer inner',
  'Content-Type: text/plain',
  '',
  'one',
  '--outer inner',
  'Content-Type: text/html',
  '',
  '<p>two</p>',
  '--outer inner--',
  '--outer--',
  'epilogue',
);

test('structure, and sections as RFC 9051 §6.4.5.1 numbers them', () => {
  const summary = parseMessage(nested);
  assert.equal(
    shape(summary.structure),
    'multipart/mixed(text/plain message/rfc822<multipart/alternative(text/plain text/html)>)',
  );
  const section = (path: readonly number[], text?: 'HEADER' | 'TEXT' | 'MIME'): string | undefined => {
    const range = sectionRange(summary, path, text);
    return range === undefined ? undefined : nested.toString('latin1', range.start, range.end);
  };
  assert.equal(section([1]), 'first');
  assert.equal(section([1], 'MIME'), '\r\n');
  assert.equal(section([2, 1]), 'one');
  assert.equal(section([2, 2]), '<p>two</p>');
  assert.equal(section([2, 2], 'MIME'), 'Content-Type: text/html\r\n\r\n');
  assert.match(section([2], 'HEADER') ?? '', /^Subject: inner\r\n[^]*\r\n\r\n$/);
  assert.match(section([2], 'TEXT') ?? '', /^--outer inner\r\n[^]*--outer inner--$/);
  assert.equal(section([], 'HEADER'), nested.toString('latin1', 0, nested.indexOf('preamble')));
  assert.equal(section([3]), undefined);
  assert.equal(section([1], 'HEADER'), undefined);
  assert.equal(section([1, 1]), undefined);
  assert.equal(section([0]), undefined);
  assert.equal(findPart(summary.structure, [2])?.message?.envelope.subject, 'inner');
});

test('part 1 of a message without parts is its body', () => {
  const bytes = lines('Subject: x', '', 'body');
  assert.deepEqual(sectionRange(parseMessage(bytes), [1]), { start: 14, end: 20 });
  assert.equal(sectionRange(parseMessage(bytes), [2]), undefined);
});

test('the longest boundary wins, LF ends lines, a boundary needs a line of its own', () => {
  const text = 'Content-Type: multipart/mixed; boundary=ab\n\n--ab\n\nx --ab\n--a\n--ab--\n';
  const { structure } = parseMessage(Buffer.from(text));
  assert.equal(structure.parts.length, 1);
  const body = structure.parts[0]?.body;
  assert.equal(text.slice(body?.start, body?.end), 'x --ab\n--a');
});

test('bounds: depth, parts and header size are kept, and said', () => {
  const limits = { ...messageLimits, depthMax: 3, partsMax: 5, headerBytesMax: 100 };
  const deep = Array.from(
    { length: 9 },
    (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`,
  );
  const deepest = parseMessage(Buffer.from(deep.join('')), limits);
  assert.ok(deepest.truncated);
  const wide = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(50)}`;
  const widest = parseMessage(Buffer.from(wide), limits);
  assert.ok(widest.truncated);
  assert.equal(widest.structure.parts.length, 4);
  assert.equal(widest.structure.parts.at(-1)?.body.end, wide.length);
  const long = parseMessage(lines(`X: ${'x'.repeat(200)}`, 'Subject: lost', '', 'body'), limits);
  assert.ok(long.truncated);
  assert.equal(long.envelope.subject, undefined);
  assert.equal(long.structure.body.start, 5 + 200 + 15 + 2);
  assert.equal(parseMessage(nested).truncated, false);
});

test('preview: plain before HTML, decoded, on one line, 256 characters', () => {
  const html = lines(
    'Content-Type: text/html; charset=utf-8',
    '',
    '<style>no</style><p>Hé&amp;llo',
    'world</p>',
  );
  assert.equal(parseMessage(html).preview, 'Hé&llo world');
  const long = lines('Content-Type: text/plain; charset=utf-8', '', '𝒳'.repeat(400));
  assert.equal(parseMessage(long).preview, '𝒳'.repeat(256));
  assert.equal(parseMessage(nested).preview, 'first');
  assert.equal(parseMessage(Buffer.from('')).preview, '');
});

test('preview: what is ASCII stands as it is only where encoding and charset say so', () => {
  const preview = (type: string, encoding: string, text: string): string =>
    parseMessage(
      lines(`Content-Type: text/plain; ${type}`, `Content-Transfer-Encoding: ${encoding}`, '', text),
    ).preview;
  assert.equal(preview('x=y', '7bit', 'one\x1b\r\n  two'), 'one two');
  assert.equal(preview('charset=utf-8', '8bit', 'one\r\ntwo '), 'one two');
  assert.equal(preview('charset=iso-2022-jp', '7bit', '\x1b$B$3$s\x1b(B'), 'こん');
  assert.equal(preview('charset=utf-7', '7bit', 'H+AOk-'), 'Hé');
  assert.equal(preview('charset=us-ascii', 'base64', 'b25l'), 'one');
  assert.equal(preview('charset=us-ascii', 'Quoted-Printable', 'o=6Ee'), 'one');
});

test('attachments are told from text', () => {
  const attached = lines(
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'x',
    '--b',
    'Content-Type: application/pdf; name="a.pdf"',
    '',
    '',
    '--b--',
  );
  assert.equal(parseMessage(attached).attachments, true);
  assert.equal(parseMessage(lines('Subject: x', '', 'y')).attachments, false);
});

test('fields in front shift every offset', () => {
  const prefix = lines('Return-Path: <a@example.test>');
  const whole = parseMessage(Buffer.concat([prefix, nested]));
  assert.deepEqual(shiftSummary(parseMessage(nested), prefix.length), whole);
});

test('text for search: decoded, folded, from every part and the messages inside', () => {
  const text = searchableText(nested, parseMessage(nested));
  assert.equal(text.header.split('\n')[0], 'subject: outer');
  for (const words of ['first', 'subject: inner', 'one', 'two']) assert.ok(text.body.includes(words), words);
  assert.equal(text.capped, false);
  assert.equal(foldForSearch('Straße ΣΊΣΥΦΟΣ ﬁn  Ａ'), foldForSearch('STRASSE σίσυφος FIN a'));
});

test('one byte at a time is the same as all at once', () => {
  const parser = new MessageParser();
  for (const byte of nested) parser.push(Uint8Array.of(byte));
  assert.deepEqual(parser.finish(), parseMessage(nested));
});
