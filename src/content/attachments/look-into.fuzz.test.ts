import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fileBounds } from './file-bounds.ts';
import { docxOf, flate, pdfOf, qrGif, zipOf } from './files.fixture.ts';
import { run } from './look-into.ts';

const numRuns = Math.ceil(Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000) / 4);

const pdfPieces = fc.constantFrom(
  '%PDF-1.7\n',
  '1 0 obj\n',
  '<< ',
  ' >>',
  '/URI (http://a.com)',
  '/URI <',
  '(((',
  ')))',
  '\\',
  '\\07',
  '#41',
  '/Filter /FlateDecode',
  '/Filter [/ASCII85Decode /ASCIIHexDecode /FlateDecode]',
  '/Type /ObjStm',
  '/Subtype /Image /Width 9 /Height 9 /BitsPerComponent 8',
  '/Predictor 15 /Columns 3',
  '/Length 7',
  'stream\r\n',
  '\nendstream',
  flate('/URI (http://b.com)').toString('latin1'),
  '\0\u00fe\u00ff',
);
const pdf = fc
  .array(fc.oneof(pdfPieces, fc.string({ maxLength: 6 })), { maxLength: 40 })
  .map((pieces) => Buffer.from(pieces.join(''), 'latin1'));
const whole = fc.constantFrom(
  docxOf('https://evil.com/'),
  zipOf([
    { name: 'a.html', content: '<a href=//a.com>' },
    { name: 'b.zip', content: docxOf('//b.com') },
  ]),
  pdfOf(
    ['<< /URI (http://a.com) >>'],
    [{ dictionary: '/Type /ObjStm /Filter /FlateDecode', content: flate('<< >>') }],
  ),
  qrGif('https://evil.com/').subarray(0, 400),
);
const spoiled = fc
  .tuple(whole, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 8 }), fc.nat())
  .map(([file, changes, cut]) => {
    const bytes = Buffer.from(file.subarray(0, file.length - (cut % 7)));
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return bytes;
  });

test('S-09: whatever a file holds, looking into it gives bounded findings and never throws', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('pdf', 'zip', 'gif', 'png', 'jpeg', 'message'),
      fc.oneof(pdf, spoiled, fc.uint8Array({ maxLength: 200 })),
      async (kind, bytes) => {
        const { links, unread } = await run({ kind, bytes });
        assert.ok(links.length <= fileBounds.linksMax);
        assert.ok(unread.length <= fileBounds.unreadMax);
      },
    ),
    { numRuns },
  );
});

test('hostile files take no longer than their length', async () => {
  for (const piece of [
    '(',
    '<',
    '\\',
    '#41',
    '/URI (',
    '<< ',
    'stream\n',
    'stream\nendstream',
    '/URI <41',
    ' obj',
    '/Filter [',
    'http://',
    'PK\u0003\u0004',
  ]) {
    const bytes = Buffer.from('%PDF-'.concat(piece.repeat(Math.floor(300_000 / piece.length))), 'latin1');
    for (const kind of ['pdf', 'zip'] as const) {
      const start = process.cpuUsage();
      await run({ kind, bytes });
      const ms = process.cpuUsage(start).user / 1000;
      assert.ok(ms < 1500, `${kind} ${JSON.stringify(piece)} took ${Math.round(ms)} ms`);
    }
  }
});
