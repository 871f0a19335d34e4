import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';
import {
  fastmailReport,
  googleReport,
  microsoftReport,
  newReport,
  yahooReport,
} from '#mailauth/dmarc/report/reports.fixture.ts';
import { xmlBounds } from '#mailauth/dmarc/report/read-xml.ts';
import { zipOf } from '../attachments/files.fixture.ts';
import { run } from './read-report-mail.ts';
import { reportLetter } from './report-letter.fixture.ts';
import { reportMessageBytesMax } from './report-request.ts';

const zipType = 'application/zip; name="report.zip"';
const zip = (content: string | Buffer, more: Partial<Parameters<typeof zipOf>[0][number]> = {}): Buffer =>
  zipOf([{ name: 'google.example!example.test!1!2.xml', content, ...more }]);

/** The directory says that its file is small. */
function saysLess(archive: Buffer): Buffer {
  const lying = Buffer.from(archive);
  lying.writeUInt32LE(20, lying.lastIndexOf('PK\u0001\u0002') + 24);
  return lying;
}

async function idOf(octets: Uint8Array, type?: string): Promise<string> {
  const read = await run({ message: reportLetter({ octets, ...(type === undefined ? {} : { type }) }) });
  return read.ok ? read.value.id : `refused: ${read.error}`;
}

test('I-46: reports are read as they are attached: zip, gzip and plain', async () => {
  const gz = (text: string): Buffer => gzipSync(text);
  assert.equal(await idOf(zip(googleReport), zipType), '1234567890123456789');
  assert.equal(await idOf(gz(microsoftReport)), '0123456789abcdef0123456789abcdef');
  assert.equal(await idOf(gz(yahooReport), 'application/octet-stream; name="r.xml.gz"'), '1767322222.123456');
  assert.equal(await idOf(Buffer.from(fastmailReport), 'text/xml'), '77001');
  assert.equal(await idOf(gz(newReport), 'application/x-gzip'), '3v98abbp8ya9n3va8yr8oa3ya');
  assert.equal(await idOf(gz(googleReport), zipType), '1234567890123456789', 'its octets say what it is');
  assert.equal(await idOf(zip(googleReport, { isStored: true }), zipType), '1234567890123456789');
  const ended = Buffer.concat([gz(googleReport), Buffer.from('\r\n')]);
  assert.equal(await idOf(ended), '1234567890123456789', 'a line end behind it');
  const mac = [
    { name: 'a.xml', content: googleReport },
    { name: '__MACOSX/._a.xml', content: 'x' },
  ];
  assert.equal(await idOf(zipOf(mac), zipType), '1234567890123456789');
});

test('I-46: Microsoft attaches the report alone, without a multipart', async () => {
  const octets = gzipSync(microsoftReport).toString('base64');
  const head =
    'From: a@example.org\r\nContent-Type: application/gzip\r\nContent-Transfer-Encoding: base64\r\n';
  const read = await run({ message: Buffer.from(`${head}\r\n${octets}\r\n`) });
  assert.ok(read.ok);
});

test('S-09: bombs, archives that lie, that hold more than one file, or none that can be read are refused', async () => {
  const zeros = Buffer.alloc(xmlBounds.bytesMax + 1, ' ');
  const bomb = zip(zeros);
  const two = { name: 'b.xml', content: googleReport };
  const cases: readonly (readonly [octets: Uint8Array, why: RegExp])[] = [
    [bomb, /larger/],
    [gzipSync(zeros), /larger/],
    // Says that it is small, and is not.
    [saysLess(bomb), /larger|lies/],
    [zip(googleReport, { saidBytes: googleReport.length - 1 }), /lies|damaged/],
    [zip(googleReport, { saidBytes: 0xffff_ffff }), /larger/],
    [zip(googleReport, { isHidden: true }), /no directory/],
    [zip(googleReport, { isEncrypted: true }), /not read/],
    [zipOf([{ name: 'a.xml', content: googleReport }, two]), /more than one file/],
    [zipOf([]), /cannot be read/],
    [Buffer.from('PK'), /cannot be read/],
    [gzipSync(gzipSync(googleReport)), /./],
    [zip(zip(googleReport)), /./],
    [gzipSync(googleReport).subarray(0, 300), /./],
    [Buffer.from([0x1f, 0x8b]), /./],
  ];
  for (const [octets, why] of cases) {
    const told = await idOf(octets, zipType);
    assert.match(told, /^refused: /);
    assert.match(told, why);
  }
});

test('a message that brings none, several, or is too large is refused', async () => {
  const octets = gzipSync(googleReport);
  const none = await run({ message: Buffer.from('From: a@example.org\r\n\r\nhello\r\n') });
  assert.ok(!none.ok && /no report/.test(none.error));
  const several = await run({ message: reportLetter({ octets, times: 2 }) });
  assert.ok(!several.ok && /more than one/.test(several.error));
  const large = await run({ message: Buffer.alloc(reportMessageBytesMax + 1) });
  assert.ok(!large.ok && /larger/.test(large.error));
  assert.match(await idOf(octets, 'application/pdf'), /no report/);
});
