import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCharset } from './charset.ts';
import { formatDate, parseDate } from './date.ts';
import { decodeEncodedWords } from './encoded-word.ts';
import { headerMailboxes, parseAddressList } from './header-address.ts';
import { findFields, headerValue, splitHeader } from './header.ts';
import { readContentType } from './part-header.ts';
import { parseParameterized } from './parameters.ts';

test('fields: ranges, folding, junk lines, LF only', () => {
  const text = 'From x\nSubject : one\r\n two\r\njunk\r\nX-A:1\nX-A: 2\r\n\r\nbody';
  const block = splitHeader(Buffer.from(text));
  assert.equal(headerValue(block, 'subject'), 'one two');
  assert.deepEqual(
    findFields(block, 'x-a').map((field) => text.slice(field.start, field.end)),
    ['X-A:1\n', 'X-A: 2\r\n'],
  );
  assert.equal(text.slice(block.bodyStart), 'body');
});

/** Each as `name|mailbox|host`; groups as they open and close. */
const lists: readonly (readonly [text: string, expected: string, exact: boolean])[] = [
  ['"Joe Q." <joe@x.test>, mary@y.test (Mary)', 'Joe Q.|joe|x.test Mary|mary|y.test', true],
  ['Group: a@b, c@d;, e@f', '|Group| |a|b |c|d || |e|f', true],
  ['undisclosed-recipients:;', '|undisclosed-recipients| ||', true],
  ['root', '|root|', false],
  ['a@b <c@d>', 'a@b|c|d', false],
  ['<@r.test,@s.test:u@t.test>', '|u|t.test', true],
  ['"a b" . c @ d . e', '|a b.c|d.e', true],
  ['=?utf-8?q?Doe,_J=2E?= <j@d>', '=?utf-8?q?Doe,_J=2E?=|j|d', false],
  ['"open <a@b>', '|open <a@b>|', false],
  ['', '', true],
];

for (const [text, expected, exact] of lists) {
  test(`address list ${JSON.stringify(text)}`, () => {
    const read = parseAddressList(text);
    const shown = read.addresses.map((a) => `${a.name ?? ''}|${a.mailbox ?? ''}|${a.host ?? ''}`);
    assert.equal(shown.join(' '), expected);
    assert.equal(read.exact, exact);
  });
}

test('a display name never hides the mailbox that counts', () => {
  const { mailboxes, exact } = headerMailboxes('victim@bank.test <evil@example.test>');
  assert.equal(exact, false);
  assert.deepEqual(
    mailboxes.map((m) => m.address.ok && m.address.value.domain),
    ['example.test'],
  );
});

const dates: readonly (readonly [string, string | undefined])[] = [
  ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06.000Z'],
  ['21 Nov 97 09:55:06 EST', '1997-11-21T14:55:06.000Z'],
  ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06.000Z'],
  ['Mon Jan  5 10:00:00 2004', '2004-01-05T10:00:00.000Z'],
  ['29 Feb 2023 00:00:00 +0000', undefined],
  ['31 Dec 2016 23:59:60 +0000', '2017-01-01T00:00:00.000Z'],
  ['yesterday', undefined],
];

for (const [text, expected] of dates) {
  test(`date ${JSON.stringify(text)}`, () => {
    const ms = parseDate(text);
    assert.equal(ms === undefined ? undefined : new Date(ms).toISOString(), expected);
  });
}

test('a date is written as RFC 5322 has it', () => {
  assert.equal(formatDate(Date.UTC(2004, 0, 5, 10)), 'Mon, 05 Jan 2004 10:00:00 +0000');
});

test('parameters: continuations, charsets, quotes, lost semicolons, the first of two', () => {
  const read = (text: string): readonly (readonly [string, string])[] => parseParameterized(text).parameters;
  assert.deepEqual(read("x; name*0*=utf-8''%C3%A4; name*1=b; name*2*=%63"), [['name', 'äbc']]);
  assert.deepEqual(read(String.raw`x; a="b\"c;d"; a=2; B=e f; c=1 d=2`), [
    ['a', 'b"c;d'],
    ['b', 'e f'],
    ['c', '1'],
    ['d', '2'],
  ]);
  assert.deepEqual(read('x; filename="=?utf-8?q?=C3=A4?=.txt"'), [['filename', 'ä.txt']]);
  assert.deepEqual(readContentType('nonsense'), {
    type: 'text',
    subtype: 'plain',
    parameters: [['charset', 'us-ascii']],
  });
});

test('encoded words: neighbours join, cut characters are put together, raw bytes are guessed', () => {
  assert.equal(decodeEncodedWords('=?utf-8?q?=C3?= =?utf-8?q?=A4?= x =?iso-8859-1?b?5A==?='), 'ä x ä');
  assert.equal(decodeEncodedWords('a =?nonsense?= b'), 'a =?nonsense?= b');
  assert.equal(decodeEncodedWords('h\xe4'), 'hä');
  assert.equal(decodeEncodedWords('h\xc3\xa4'), 'hä');
});

const charsets: readonly (readonly [string | undefined, readonly number[], string])[] = [
  ['utf-7', [...Buffer.from('+AOQ-')], 'ä'],
  ['hz-gb-2312', [...Buffer.from('~{VP~}a')], '中a'],
  ['iso-2022-kr', [0x0e, 0x47, 0x51, 0x0f, 0x61], '한a'],
  ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x1b, 0x28, 0x42], '日'],
  ['koi8-r', [0xc1], 'а'],
  ['cp437', [0x84], 'ä'],
  ['x-mac-roman', [0x8a], 'ä'],
  ['"UTF-8"', [0xc3, 0xa4], 'ä'],
  ['us-ascii', [0xc3, 0xa4], 'ä'],
  ['no-such-charset', [0xe4], 'ä'],
  [undefined, [0xe4], 'ä'],
  ['base64', [0x61], 'a'],
];

for (const [label, bytes, expected] of charsets) {
  test(`charset ${label ?? 'unnamed'}`, () =>
    assert.equal(decodeCharset(Uint8Array.from(bytes), label), expected));
}
