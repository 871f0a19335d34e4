import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplyParser, enhancedStatus, replyLineOctetsMax, replyLinesMax } from './reply-parser.ts';
import type { Reply } from './reply-parser.ts';

function parse(text: string): Reply | string | undefined {
  const parser = new ReplyParser();
  parser.push(Buffer.from(text, 'latin1'));
  const next = parser.next();
  return next.ok ? next.value : next.error;
}

test('replies of one line, of several, and without text', () => {
  const table: readonly (readonly [string, Reply | string | undefined])[] = [
    ['250 ok\r\n', { code: 250, lines: ['ok'] }],
    ['250-a\r\n250-b c\r\n250 d\r\n', { code: 250, lines: ['a', 'b c', 'd'] }],
    ['354\r\n', { code: 354, lines: [''] }],
    ['250 \r\n', { code: 250, lines: [''] }],
    ['250-a\r\n', undefined],
    ['250 ok', undefined],
    ['250 ok\n', { code: 250, lines: ['ok'] }],
    ['250-a\n250-b\r\n250 c\n', { code: 250, lines: ['a', 'b', 'c'] }],
    ['250 ok\r\r\n', 'syntax'],
    ['\n', 'syntax'],
    ['250 o\rk\r\n', 'syntax'],
    ['250 \0\r\n', 'syntax'],
    ['150 x\r\n', 'syntax'],
    ['650 x\r\n', 'syntax'],
    ['25 x\r\n', 'syntax'],
    ['250_x\r\n', 'syntax'],
    ['2500 x\r\n', 'syntax'],
    ['\r\n', 'syntax'],
    ['250-a\r\n251 b\r\n', 'mixed-codes'],
    ['HTTP/1.1 400 Bad Request\r\n', 'syntax'],
    [`250 ${'x'.repeat(replyLineOctetsMax)}\r\n`, 'line-too-long'],
    ['x'.repeat(replyLineOctetsMax + 1), 'line-too-long'],
    ['250-a\r\n'.repeat(replyLinesMax + 1), 'too-many-lines'],
  ];
  for (const [text, expected] of table)
    assert.deepEqual(parse(text), expected, JSON.stringify(text.slice(0, 40)));
});

test('an enhanced status is believed only when its class is that of the code', () => {
  const table: readonly (readonly [number, string, string | undefined])[] = [
    [550, '5.1.1 no such user', '5.1.1'],
    [450, '4.7.25 x', '4.7.25'],
    [250, '2.0.0', '2.0.0'],
    [450, '5.7.1 x', undefined],
    [550, '5.1.1x', undefined],
    [550, '5.1234.1 x', undefined],
    [550, 'no', undefined],
  ];
  for (const [code, text, expected] of table) {
    assert.equal(enhancedStatus({ code, lines: [text] }), expected, text);
  }
});
