import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from './address.ts';
import { decodeCharset } from './charset.ts';
import { parseDate } from './date.ts';
import { decodeEncodedWords } from './encoded-word.ts';
import { messageIds } from './envelope.ts';
import { foldForSearch } from './fold-search.ts';
import { headerMailboxes, parseAddressList } from './header-address.ts';
import { formatField } from './header-writer.ts';
import { splitHeader, unfold } from './header.ts';
import { htmlToText } from './html-text.ts';
import { messageLimits } from './message-limits.ts';
import { parseMessage } from './message-parser.ts';
import { parseParameterized } from './parameters.ts';
import { readContentType } from './part-header.ts';
import { searchableText } from './searchable-text.ts';
import { transformAll } from './byte-transform.ts';
import { createLineNormalizer } from './serialize.ts';
import { decodeTransfer, normalizeEncoding } from './transfer-encoding.ts';

/** A quarter of what a header may be (S-09): enough to tell a square from a line. */
const size = messageLimits.headerBytesMax / 4;

/** Pieces that, repeated, drive a careless pattern or loop into the square of their number. */
const pieces = [
  ' ',
  '\t \r\n ',
  '\r\n',
  '\n',
  'a\r\n',
  '(',
  ')',
  '((a)',
  '"',
  '\\',
  '"\\',
  '<',
  '<a',
  '<a@b',
  '>',
  ',',
  ':',
  ';',
  '@',
  '.',
  'a.',
  'a ',
  'a',
  '[',
  '=',
  '=?',
  '=?a?q?',
  '=?a?b?a?= ',
  '?=',
  'a=b;',
  'a*0=b;',
  'a*=',
  "'",
  ';;',
  '<a "',
  "<a '>",
  '<!--',
  '<style>',
  '</style',
  '&',
  '&#',
  '&amp',
  '=\r\n',
  '= ',
  '=4',
  '--',
  '--b\r\n',
  '\r\n--',
  'é',
  'ﬁ ',
  '\0',
  'xn--.',
];

const grammars: Readonly<Record<string, (text: string) => unknown>> = {
  parseAddress: (text) => parseAddress(text, { smtpUtf8: true }),
  parseAddressList,
  headerMailboxes,
  decodeEncodedWords,
  parseParameterized,
  parseDate,
  readContentType,
  messageIds,
  foldForSearch,
  htmlToText,
  unfold,
  normalizeEncoding,
  formatField: (text) => formatField('X', text),
  base64: (text) => decodeTransfer(Buffer.from(text), 'base64'),
  quoted: (text) => decodeTransfer(Buffer.from(text), 'quoted-printable'),
  uuencode: (text) => decodeTransfer(Buffer.from(`begin 644 a\n${text}`), 'uuencode'),
  charset: (text) => decodeCharset(Buffer.from(text), 'hz'),
  lines: (text) => transformAll(createLineNormalizer(), Buffer.from(text)),
  header: (text) => parseMessage(Buffer.from(`Subject: ${text}`)),
  body: (text) => {
    const bytes = Buffer.from(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n${text}`,
    );
    return searchableText(bytes, parseMessage(bytes));
  },
};

for (const [name, read] of Object.entries(grammars)) {
  test(`${name} stays linear on hostile repetition`, () => {
    for (const piece of pieces) {
      const text = Buffer.from(piece.repeat(Math.ceil(size / piece.length)).slice(0, size)).toString(
        'latin1',
      );
      const start = process.cpuUsage();
      read(text);
      const { user } = process.cpuUsage(start);
      const elapsed = user / 1000;
      // This much takes milliseconds; the square of it takes minutes.
      assert.ok(elapsed < 1000, `${JSON.stringify(piece)}: ${elapsed.toFixed(0)} ms`);
    }
  });
}

test('a whole header of lines that are no fields costs next to nothing', () => {
  const bytes = Buffer.from('a\r\n'.repeat(messageLimits.headerBytesMax / 3));
  const times = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    assert.equal(splitHeader(bytes).fields.length, 0);
    return process.cpuUsage(start).user / 1000;
  });
  // The first one also pays for compiling.
  assert.ok(Math.min(...times) < 20, `${times.map(Math.round).join(', ')} ms`);
});
