import assert from 'node:assert/strict';
import { test } from 'node:test';
import PostalMime from 'postal-mime';
import { buildMessage, buildMultipart, HeaderBuilder, isEightBit, isSevenBit } from './builder.ts';
import { convertLongLines, convertTo7Bit } from './convert-7bit.ts';
import { parseMessage } from './message-parser.ts';
import { decodeTransfer } from './transfer-encoding.ts';

test('what we build another parser reads', async () => {
  const header = new HeaderBuilder()
    .text('Subject', 'Grüße\r\nBcc: evil@example.test')
    .structured('From', '<a@b.test>');
  const bytes = buildMultipart(
    header,
    { subtype: 'report', parameters: { 'report-type': 'delivery-status' }, random: Buffer.alloc(16) },
    [
      { type: 'text/plain', content: 'Hällo\nworld', description: 'Notice' },
      { type: 'message/delivery-status', content: 'Reporting-MTA: dns; mx.example.test\r\n' },
      { type: 'message/rfc822', content: Buffer.from('Subject: x\r\n\r\n--=_AAAA\r\n'), encode: 'none' },
    ],
  );
  const read = await PostalMime.parse(bytes);
  assert.equal(read.subject, 'Grüße Bcc: evil@example.test');
  assert.equal(read.bcc, undefined);
  assert.equal(read.text?.split('\n').slice(0, 2).join('\n').replaceAll('\r', ''), 'Hällo\nworld');
  const ours = parseMessage(bytes).structure;
  assert.deepEqual(
    ours.parts.map((part) => `${part.type}/${part.subtype}`),
    ['text/plain', 'message/delivery-status', 'message/rfc822'],
  );
  assert.ok(Buffer.from(bytes).equals(Buffer.from(convertTo7Bit(bytes, parseMessage(bytes)) ?? [])));
});

test('a single part in 7 bits needs no encoding', () => {
  const bytes = buildMessage(new HeaderBuilder().text('Subject', 'x'), { type: 'text/plain', content: 'y' });
  assert.equal(
    Buffer.from(bytes).toString(),
    'Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\ny\r\n',
  );
});

test('8-bit text becomes quoted-printable, binary becomes base64, both decode to the same', () => {
  const text =
    'Subject: h\u00e9\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n';
  const parts = [
    '--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nH\u00e9llo\r\nline\r\n',
    '--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n\u0000\u0089PNG\n\r\n--b--\r\n',
  ];
  const bytes = Buffer.concat([Buffer.from(text), ...parts.map((part) => Buffer.from(part))]);
  const before = parseMessage(bytes);
  const converted = convertTo7Bit(bytes, before);
  assert.ok(converted !== undefined);
  const after = parseMessage(converted);
  assert.deepEqual(
    after.structure.parts.map((part) => part.encoding),
    ['quoted-printable', 'base64'],
  );
  assert.equal(after.structure.encoding, '7bit');
  for (const [index, part] of after.structure.parts.entries()) {
    const original = before.structure.parts[index]?.body;
    const decoded = decodeTransfer(converted.subarray(part.body.start, part.body.end), part.encoding);
    assert.deepEqual(Buffer.from(decoded), Buffer.from(bytes.subarray(original?.start, original?.end)));
  }
});

test('only what has a long line is converted where 8 bits may stay', () => {
  const long = 'x'.repeat(1200);
  const bytes = Buffer.from(
    'Subject: h\u00e9\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n' +
      `${long}\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nH\u00e9llo\r\n` +
      `--b\r\nContent-Type: text/html\r\n\r\n<p>${long}</p>\r\n--b--\r\n${long}\r\n`,
  );
  const converted = Buffer.from(convertLongLines(bytes, parseMessage(bytes)) ?? []);
  const after = parseMessage(converted).structure;
  assert.deepEqual(
    [after.encoding, ...after.parts.map((part) => part.encoding)],
    ['8bit', '8bit', 'quoted-printable'],
  );
  assert.ok(converted.includes('Subject: h\u00e9\r\n') && converted.includes('H\u00e9llo\r\n'));
  assert.ok(isEightBit(converted));
  const html = after.parts[1];
  const decoded = decodeTransfer(converted.subarray(html?.body.start, html?.body.end), 'quoted-printable');
  assert.equal(Buffer.from(decoded).toString(), `<p>${long}</p>`);
});

test('a header line that is too long is folded at its spaces; what has none is cut only where text is free', () => {
  const convert = (header: string): string | undefined => {
    const bytes = Buffer.from(`${header}\r\n\r\nbody\r\n`);
    const converted = convertLongLines(bytes, parseMessage(bytes));
    return converted === undefined ? undefined : Buffer.from(converted).toString();
  };
  const to = Array.from({ length: 60 }, (_, at) => `someone.${at}@example.test`).join(', ');
  const folded = convert(`To: ${to}`);
  assert.ok(folded !== undefined && isSevenBit(Buffer.from(folded)));
  assert.ok(folded.replaceAll('\r\n ', ' ').includes(`To: ${to}\r\n`));
  assert.equal(convert(`To: <${'x'.repeat(1000)}@example.test>`), undefined);
  assert.match(convert(`Subject: ${'x'.repeat(1000)}`) ?? '', /^Subject: x+\r\n x+/);
});

test('what is signed is not converted', () => {
  const bytes = Buffer.from(
    'Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nH\u00e9\r\n--b--\r\n',
  );
  assert.equal(convertTo7Bit(bytes, parseMessage(bytes)), undefined);
});

test('raw 8-bit addresses cannot be converted, free text can', () => {
  const convert = (text: string): Uint8Array | undefined =>
    convertTo7Bit(Buffer.from(text), parseMessage(Buffer.from(text)));
  assert.equal(convert('From: h\u00e9 <a@b.test>\r\n\r\nx\r\n'), undefined);
  assert.match(
    Buffer.from(convert('Subject: h\u00e9\r\n\r\nx\r\n') ?? []).toString(),
    /^Subject: =\?utf-8\?B\?/,
  );
});
