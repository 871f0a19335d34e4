import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import type { AttachmentKind } from './attachment-kind.ts';
import { fileBounds } from './file-bounds.ts';
import { docxOf, flate, pdfOf, pngOf, qrPng, zipOf } from './files.fixture.ts';
import { run } from './look-into.ts';

const look = (kind: AttachmentKind, bytes: Uint8Array) => run({ kind, bytes });

test('P-27: a link in a file says where there it stands', async () => {
  const inner = zipOf([{ name: 'a/b.docx', content: docxOf('https://evil.com/') }]);
  const { links } = await look('zip', inner);
  assert.deepEqual(links, [
    {
      link: { text: 'https://evil.com/', kind: 'clicked', how: 'target' },
      inside: 'a/b.docx, word/_rels/document.xml.rels',
    },
  ]);
});

test('S-09: what was not read is told, whatever the reason', async () => {
  const zeros = Buffer.alloc(fileBounds.pieceBytesMax + 1);
  const page = { name: 'a.html', content: '<a href=//evil.com>' };
  for (const [kind, bytes, why] of [
    ['zip', zipOf([{ ...page, isEncrypted: true }]), /^a\.html is encrypted$/],
    ['zip', zipOf([{ name: 'a.html', content: zeros }]), /^a\.html is larger than is unpacked$/],
    ['zip', Buffer.from('PK\u0003\u0004 and nothing'), /members cannot all be found/],
    [
      'zip',
      zipOf(Array.from({ length: 101 }, (_, index) => ({ ...page, name: `${index}.html` }))),
      /^more members/,
    ],
    [
      'zip',
      zipOf([{ name: 'x.pdf', content: pdfOf(['<< /Encrypt 1 0 R >>']) }]),
      /^x\.pdf: an encrypted PDF/,
    ],
    [
      'pdf',
      pdfOf([], [{ dictionary: '/Type /ObjStm /Filter /FlateDecode', content: flate(zeros) }]),
      /^a stream of a PDF is larger/,
    ],
    [
      'pdf',
      pdfOf([], [{ dictionary: '/Type /ObjStm /Filter /FlateDecode', content: 'nothing' }]),
      /^a stream of a PDF is damaged$/,
    ],
    [
      'pdf',
      pdfOf([], [{ dictionary: '/Type /ObjStm /Filter /LZWDecode', content: 'nothing' }]),
      /^a stream of a PDF is packed/,
    ],
    [
      'png',
      pngOf(Buffer.alloc(10), { width: 60_000, height: 60_000, bits: 8, colourType: 0 }),
      /^a picture is larger/,
    ],
    // Few pixels, but rows of 192 MiB.
    [
      'png',
      pngOf(Buffer.alloc(10), { width: 24_000_000, height: 1, bits: 16, colourType: 6 }),
      /^a picture is larger/,
    ],
    [
      'png',
      pngOf(Buffer.alloc(10), { width: 1, height: 24_000_000, bits: 8, colourType: 0 }),
      /^a picture is larger/,
    ],
    ['png', Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'), /^a picture cannot be read$/],
    ['jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), /^a picture cannot be read$/],
    ['gif', Buffer.from('GIF89a'), /^a picture cannot be read$/],
    [
      'pdf',
      pdfOf(
        [],
        Array.from({ length: 9 }, () => ({ dictionary: '/Subtype /Image /Filter /DCTDecode', content: 'x' })),
      ),
      /^picture: (?:more pictures|a picture)/,
    ],
  ] as const) {
    const { unread } = await look(kind, bytes);
    assert.match(unread.at(-1) ?? 'nothing', why);
  }
});

test('S-09: a bomb ends at the bound, though it is made of many', async () => {
  const bomb = Buffer.alloc(fileBounds.pieceBytesMax - 1);
  const many = zipOf(Array.from({ length: 8 }, (_, index) => ({ name: `${index}.xml`, content: bomb })));
  const before = process.memoryUsage().rss;
  const { unread } = await look('zip', many);
  assert.ok(unread.includes('more than is unpacked of one file'), unread.join('; '));
  assert.ok(process.memoryUsage().rss - before < 400 * 1024 * 1024);
});

test('S-09: files in files end at a depth, and so does an archive that holds itself', async () => {
  let file = zipOf([{ name: 'a.html', content: '<a href=//evil.com>' }]);
  for (let depth = 0; depth < 6; depth += 1) file = zipOf([{ name: 'a.zip', content: file }]);
  const { links, unread } = await look('zip', file);
  assert.deepEqual(links, []);
  assert.match(unread.join(), /deeper than is read/);
});

test('S-09: a picture that says it is larger than it is takes no more than what is searched', async () => {
  const rows = deflateSync(Buffer.alloc(100));
  const png = pngOf(rows, { width: 6000, height: 3900, bits: 16, colourType: 6 });
  assert.deepEqual(await look('png', png), { links: [], unread: [] });
});

test('a file that is cut anywhere never throws, and neither does one with any octet changed', async () => {
  const files: readonly (readonly [AttachmentKind, Buffer])[] = [
    ['zip', docxOf('https://evil.com/')],
    [
      'pdf',
      pdfOf(
        ['<< /S /URI /URI (http://a.com) >>'],
        [{ dictionary: '/Type /ObjStm /Filter /FlateDecode', content: flate('<< >>') }],
      ),
    ],
  ];
  for (const [kind, file] of files)
    for (let at = 0; at < file.length; at += 31) {
      await look(kind, file.subarray(0, at));
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      await look(kind, changed);
    }
  const png = qrPng('https://evil.com/');
  for (let at = 0; at < png.length; at += 151) await look('png', png.subarray(0, at));
});
