import type { LinkCase } from '../links/corpus.fixture.ts';
import {
  docxOf,
  filteredRows,
  flate,
  pdfOf,
  pngChunk,
  pngOf,
  qrGif,
  qrJpeg,
  qrPixels,
  qrPng,
  zipOf,
} from './files.fixture.ts';

type Row = readonly [name: string, file: Buffer, ...hosts: string[]];

/** A message with a file: named and typed as its sender likes, which tells nothing of what it is. */
function attached(file: Buffer, header = 'Content-Type: application/octet-stream; name=file'): Buffer {
  const coded = file.toString('base64').replaceAll(/(.{76})/g, '$1\r\n');
  return Buffer.from(
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b\r\n${header}\r\nContent-Transfer-Encoding: base64\r\n\r\n${coded}\r\n--b--\r\n`,
  );
}

const annotation = (action: string): string => `<< /Type /Annot /Subtype /Link /A << /S /URI ${action} >> >>`;
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
const objects = (
  content: Buffer | string,
  more = '',
): { readonly dictionary: string; readonly content: Buffer } => ({
  dictionary: `/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode ${more}`,
  content: flate(content),
});
const link = annotation('/URI (http://evil.com/)');

/** Rows under the predictor of PNG, four octets each. */
function predicted(text: string): Buffer {
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 4) * 4));
  return filteredRows(padded, 4, 1);
}

function ascii85(octets: Buffer): string {
  let text = '';
  for (let at = 0; at < octets.length; at += 4) {
    const group = Buffer.alloc(4);
    octets.copy(group, 0, at, at + 4);
    let value = group.readUInt32BE();
    let digits = '';
    for (let index = 0; index < 5; index += 1) {
      digits = String.fromCharCode((value % 85) + 33) + digits;
      value = Math.floor(value / 85);
    }
    text += digits.slice(0, Math.min(4, octets.length - at) + 1);
  }
  return `${text}~>`;
}

const pdfs: readonly Row[] = [
  ['an action', pdfOf([link]), 'evil.com'],
  ['escapes in the string', pdfOf([annotation('/URI (http\\072/\\057ev\\\nil.com/a\\)b)')]), 'evil.com'],
  ['escapes in the name', pdfOf([annotation('/U#52#49 (evil.com/x)')]), 'evil.com'],
  [
    'hexadecimal',
    pdfOf([
      annotation(
        `/URI <${Buffer.from('http://evil.com/')
          .toString('hex')
          .replaceAll(/(.{7})/g, '$1\n')}>`,
      ),
    ]),
    'evil.com',
  ],
  [
    'UTF-16 in hexadecimal',
    pdfOf([annotation(`/URI <${utf16('http://evil.com/').toString('hex')}>`)]),
    'evil.com',
  ],
  [
    'UTF-16 as it is',
    pdfOf([annotation(`/URI (${utf16('http://evil.com/').toString('latin1')})`)]),
    'evil.com',
  ],
  ['no scheme', pdfOf([annotation('/URI (www.evil.com)')]), 'evil.com'],
  [
    'form, launch, script',
    pdfOf([
      '<< /S /SubmitForm /F << /FS /URL /F (http://a.com/) >> >>',
      '<< /S /JavaScript /JS (app.launchURL\\("http://b.com/"\\)) >>',
    ]),
    'a.com',
    'b.com',
  ],
  ['a string by reference', pdfOf([annotation('/URI 2 0 R'), '(http://evil.com/)']), 'evil.com'],
  ['objects in a stream', pdfOf([], [objects(`1 0 ${link}`)]), 'evil.com'],
  [
    '… under the predictor of PNG',
    pdfOf([], [objects(predicted(`1 0 ${link}`), '/DecodeParms << /Predictor 12 /Columns 4 >>')]),
    'evil.com',
  ],
  [
    '… with names hidden',
    pdfOf([], [{ dictionary: '/Type /Obj#53tm /Filter /Fl#61teDecode', content: flate(link) }]),
    'evil.com',
  ],
  [
    '… in two filters',
    pdfOf(
      [],
      [{ dictionary: '/Type /ObjStm /Filter [/ASCII85Decode /FlateDecode]', content: ascii85(flate(link)) }],
    ),
    'evil.com',
  ],
  [
    '… in hexadecimal',
    pdfOf(
      [],
      [
        {
          dictionary: '/Type /ObjStm /Filter /ASCIIHexDecode',
          content: `${Buffer.from(link).toString('hex')}>`,
        },
      ],
    ),
    'evil.com',
  ],
  [
    '… damaged at its end',
    pdfOf(
      [],
      [
        {
          dictionary: '/Type /ObjStm /Filter /FlateDecode',
          content: flate(`${link} ${'x '.repeat(9000)}`).subarray(0, -8),
        },
      ],
    ),
    'evil.com',
  ],
  [
    '… that says that it is something else',
    pdfOf(
      [],
      [
        objects(link, '/Type /Metadata /Subtype /Image'),
        { dictionary: '/Filter /LZWDecode', content: flate('(http://worse.com)') },
      ],
    ),
    'evil.com',
    'worse.com',
  ],
  [
    '… with the word for its end inside',
    pdfOf([], [{ dictionary: '/Type /ObjStm', content: `(endstream) << >> ${link}` }]),
    'evil.com',
  ],
  [
    'words on a page',
    pdfOf(
      [],
      [{ dictionary: '/Filter /FlateDecode', content: flate('BT (see http://evil.com/x now) Tj ET') }],
    ),
    'evil.com',
  ],
  ['octets in front', Buffer.concat([Buffer.from('x'.repeat(500)), pdfOf([link])]), 'evil.com'],
  [
    'metadata names nobody',
    pdfOf(
      [],
      [{ dictionary: '/Type /Metadata /Subtype /XML', content: '<rdf:RDF about="http://purl.org/dc/">' }],
    ),
  ],
  [
    'a file inside',
    pdfOf(
      [],
      [
        {
          dictionary: '/Type /EmbeddedFile /Filter /FlateDecode',
          content: flate('<html><a href=//evil.com>'),
        },
      ],
    ),
    'evil.com',
  ],
  [
    'a photograph of a code',
    pdfOf(
      [],
      [
        {
          dictionary: '/Type /XObject /Subtype /Image /Filter /DCTDecode',
          content: qrJpeg('https://evil.com/'),
        },
      ],
    ),
    'evil.com',
  ],
  ['a code of pixels', pdfOf([], [pixelStream()]), 'evil.com'],
];

function pixelStream(): { readonly dictionary: string; readonly content: Buffer } {
  const { side, gray } = qrPixels('https://evil.com/');
  return {
    dictionary: `/Subtype /Image /Width ${side} /Height ${side} /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /FlateDecode`,
    content: flate(gray),
  };
}

const page = { name: 'page.html', content: '<a href=//evil.com>' };

const archives: readonly Row[] = [
  [
    'a document',
    docxOf('https://evil.com/x', 'HYPERLINK &quot;https://worse.com/&quot;'),
    'evil.com',
    'worse.com',
  ],
  ['a template from elsewhere', docxOf('file://evil.com/share/x.dotm'), 'evil.com'],
  ['a share as target', docxOf('\\\\evil.com\\share\\x'), 'evil.com'],
  [
    'a sheet',
    zipOf([
      {
        name: 'xl/worksheets/sheet1.xml',
        content: '<worksheet><f>HYPERLINK("http://evil.com/","x")</f></worksheet>',
      },
    ]),
    'evil.com',
  ],
  [
    'an open document',
    zipOf([{ name: 'content.xml', content: '<text:a xlink:href="http://evil.com/">x</text:a>' }]),
    'evil.com',
  ],
  ['a page in an archive', zipOf([page]), 'evil.com'],
  ['a document in an archive', zipOf([{ name: 'a.docx', content: docxOf('https://evil.com/') }]), 'evil.com'],
  [
    'a picture in a document',
    zipOf([{ name: 'word/media/image1.png', content: qrPng('https://evil.com/'), isStored: true }]),
    'evil.com',
  ],
  ['sizes that lie', zipOf([{ ...page, saidBytes: 3 }]), 'evil.com'],
  [
    'sizes that are too large to be',
    zipOf([
      { ...page, saidBytes: 0xffff_ffff },
      {
        ...page,
        name: 'b.html',
        content: '//x <a href=//worse.com>',
        isStored: true,
        saidBytes: 0xffff_fff0,
      },
    ]),
    'evil.com',
    'worse.com',
  ],
  ['no directory', zipOf([page]).subarray(0, -60), 'evil.com'],
  ['two of one name', zipOf([page, { ...page, content: '<a href=//worse.com>' }]), 'evil.com', 'worse.com'],
  ['a shortcut', zipOf([{ name: 'x.url', content: '[InternetShortcut]\nURL=http://evil.com/' }]), 'evil.com'],
  ['an archive of words', zipOf([{ name: 'a.bin', content: 'http://evil.com' }])],
];

function paletted(): Buffer {
  const { side, gray } = qrPixels('https://evil.com/');
  const rowBytes = Math.ceil(side / 8);
  const bits = Buffer.alloc(rowBytes * side);
  for (const [index, value] of gray.entries())
    if (value === 0) {
      const at = Math.floor(index / side) * rowBytes + ((index % side) >> 3);
      bits[at] = (bits[at] ?? 0) | (0x80 >> ((index % side) & 7));
    }
  return pngOf(filteredRows(bits, rowBytes, 1), {
    width: side,
    height: side,
    bits: 1,
    colourType: 3,
    extra: [pngChunk('PLTE', Buffer.from([255, 255, 255, 10, 0, 60]))],
  });
}

/** Black, and black that lets all light through. */
function transparent(): Buffer {
  const { side, gray } = qrPixels('https://evil.com/');
  const pixels = Buffer.alloc(side * side * 4);
  for (const [index, value] of gray.entries()) pixels[index * 4 + 3] = 255 - value;
  return pngOf(filteredRows(pixels, side * 4, 4), { width: side, height: side, bits: 8, colourType: 6 });
}

function interlaced(): Buffer {
  const { side, gray } = qrPixels('https://evil.com/');
  const rows: Buffer[] = [];
  for (const [x0, y0, dx, dy] of [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const)
    for (let y = y0; y < side; y += dy) {
      const row = [0];
      for (let x = x0; x < side; x += dx) row.push(gray[y * side + x] ?? 0);
      rows.push(Buffer.from(row));
    }
  return pngOf(Buffer.concat(rows), { width: side, height: side, bits: 8, colourType: 0, interlace: 1 });
}

function inverted(): Buffer {
  const { side, gray } = qrPixels('https://evil.com/');
  return pngOf(
    filteredRows(
      gray.map((value) => 255 - value),
      side,
      1,
    ),
    { width: side, height: side, bits: 8, colourType: 0 },
  );
}

/** A code on a page of paper that is too large to be searched as it is. */
function scanned(): Buffer {
  const { side, gray } = qrPixels('https://evil.com/', { scale: 10 });
  const [width, height] = [2480, 1800];
  const pixels = Buffer.alloc(width * height, 250);
  for (let y = 0; y < side; y += 1) gray.copy(pixels, (y + 700) * width + 1200, y * side, (y + 1) * side);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) pixels.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
  return pngOf(rows, { width, height, bits: 8, colourType: 0 });
}

function two(): Buffer {
  const codes = [qrPixels('https://a.com/'), qrPixels('https://b.com/')] as const;
  const { side } = codes[0];
  const pixels = Buffer.alloc(side * side * 3, 255);
  for (let y = 0; y < side; y += 1)
    for (const [place, { gray }] of codes.entries())
      gray.copy(pixels, y * side * 3 + place * 2 * side, y * side, (y + 1) * side);
  return pngOf(filteredRows(pixels, side * 3, 1), { width: side * 3, height: side, bits: 8, colourType: 0 });
}

const images: readonly Row[] = [
  ['PNG', qrPng('https://evil.com/x'), 'evil.com'],
  ['JPEG', qrJpeg('https://evil.com/x'), 'evil.com'],
  ['GIF', qrGif('https://evil.com/x'), 'evil.com'],
  ['a host alone', qrPng('evil.com/x'), 'evil.com'],
  ['in capitals, as short codes have it', qrPng('HTTPS://EVIL.COM/X'), 'evil.com'],
  ['a card', qrPng('BEGIN:VCARD\nURL:http://evil.com/\nEND:VCARD'), 'evil.com'],
  ['a redirector', qrPng('https://redirect.com/?url=https%3A%2F%2Fevil.com%2F'), 'redirect.com', 'evil.com'],
  ['a palette of one bit', paletted(), 'evil.com'],
  ['black on nothing', transparent(), 'evil.com'],
  ['interlaced', interlaced(), 'evil.com'],
  ['light on dark', inverted(), 'evil.com'],
  ['two in one picture', two(), 'a.com', 'b.com'],
  ['on a large page', scanned(), 'evil.com'],
  ['a code that is no link', qrPng('4012345678901')],
  [
    'no code',
    pngOf(filteredRows(Buffer.alloc(10_000, 128), 100, 1), {
      width: 100,
      height: 100,
      bits: 8,
      colourType: 0,
    }),
  ],
];

const elsewhere: readonly LinkCase[] = [
  {
    name: 'a picture inline, in the text itself',
    message: Buffer.from(
      `Content-Type: text/html\r\n\r\n<img src="data:image/png;base64,${qrPng('https://evil.com/').toString('base64')}">`,
    ),
    hosts: ['evil.com'],
  },
  {
    name: 'an archive with a program in front',
    message: attached(
      zipOf([page], { front: 'MZ'.repeat(300) }),
      'Content-Type: application/octet-stream; name=x.zip',
    ),
    hosts: ['evil.com'],
  },
  {
    name: 'an archive goes by its directory',
    message: attached(
      zipOf([{ name: 'x.html', content: '<a href=//hidden.com>', isHidden: true }, page], {
        front: 'MZ'.repeat(300),
      }),
      'Content-Type: application/octet-stream; name=x.zip',
    ),
    hosts: ['evil.com'],
  },
  {
    name: 'a picture in a message in an archive',
    message: attached(
      zipOf([{ name: 'x.eml', content: attached(qrPng('https://evil.com/'), 'Content-Type: image/png') }]),
    ),
    hosts: ['evil.com'],
  },
  {
    name: 'a PDF that calls itself text',
    message: attached(pdfOf([], [objects(link)]), 'Content-Type: text/plain'),
    hosts: ['evil.com'],
  },
];

const inFile = (rows: readonly Row[]): readonly LinkCase[] =>
  rows.map(([name, file, ...hosts]) => ({ name, message: attached(file), hosts }));

/** P-27: links in files that are attached, and in the codes of pictures. */
export const fileCorpus: readonly LinkCase[] = [
  ...inFile(pdfs),
  ...inFile(archives),
  ...inFile(images),
  ...elsewhere,
];
