import { deflateRawSync, deflateSync } from 'node:zlib';
import { encode } from 'jpeg-js';
import { encodeQR } from 'qr';

/** Brightness of a picture of a QR code, one octet a pixel. */
export function qrPixels(
  text: string,
  { scale = 4, border = 4 } = {},
): { readonly side: number; readonly gray: Buffer } {
  const modules = encodeQR(text, 'raw', { border });
  const side = modules.length * scale;
  const gray = Buffer.alloc(side * side, 255);
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1)
      if (modules[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true) gray[y * side + x] = 0;
  return { side, gray };
}

function chunk(type: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content, Buffer.alloc(4)]);
}

export interface PngMaking {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly colourType: number;
  readonly interlace?: number;
  readonly extra?: readonly Buffer[];
}

/** A PNG of rows that have their filter octets in front. */
export function pngOf(
  rows: Uint8Array,
  { width, height, bits, colourType, interlace = 0, extra = [] }: PngMaking,
): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([bits, colourType, 0, 0, interlace], 8);
  const data = deflateSync(rows);
  const half = data.length >> 1;
  return Buffer.concat([
    Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'),
    chunk('IHDR', head),
    ...extra,
    chunk('IDAT', data.subarray(0, half)),
    chunk('IDAT', data.subarray(half)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export { chunk as pngChunk };

/** Each row with a filter of PNG, in turn. */
export function filteredRows(pixels: Uint8Array, rowBytes: number, pixelBytes: number): Buffer {
  const rows: Buffer[] = [];
  for (let y = 0; y * rowBytes < pixels.length; y += 1) {
    const filter = y % 5;
    const row = Buffer.alloc(rowBytes + 1, filter);
    for (let x = 0; x < rowBytes; x += 1) {
      const at = (dx: number, dy: number): number =>
        x - dx * pixelBytes < 0 || y - dy < 0 ? 0 : (pixels[(y - dy) * rowBytes + x - dx * pixelBytes] ?? 0);
      const [left, up, corner] = [at(1, 0), at(0, 1), at(1, 1)];
      const guess = left + up - corner;
      const near = [left, up, corner].toSorted((a, b) => Math.abs(guess - a) - Math.abs(guess - b))[0] ?? 0;
      row[x + 1] = at(0, 0) - ([0, left, up, (left + up) >> 1, near][filter] ?? 0);
    }
    rows.push(row);
  }
  return Buffer.concat(rows);
}

export function qrPng(text: string): Buffer {
  const { side, gray } = qrPixels(text);
  return pngOf(filteredRows(gray, side, 1), { width: side, height: side, bits: 8, colourType: 0 });
}

export function qrJpeg(text: string): Buffer {
  const { side, gray } = qrPixels(text);
  const data = Buffer.alloc(side * side * 4, 255);
  for (const [index, value] of gray.entries()) data.fill(value, index * 4, index * 4 + 3);
  return encode({ width: side, height: side, data }, 60).data;
}

export function qrGif(text: string): Buffer {
  return Buffer.from(encodeQR(text, 'gif', { scale: 4 }));
}

export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly isStored?: boolean;
  readonly isEncrypted?: boolean;
  /** What its heads say of its size, when that is a lie. */
  readonly saidBytes?: number;
  /** The directory says nothing of it. */
  readonly isHidden?: boolean;
}

/** An archive; in front of it what one likes. */
export function zipOf(entries: readonly ZipEntry[], { front = '' } = {}): Buffer {
  const heads: Buffer[] = [Buffer.from(front)];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { name, content, isStored = false, isEncrypted = false, saidBytes, isHidden = false } = entry;
    const plain = Buffer.from(content);
    const packed = isStored ? plain : deflateRawSync(plain);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(isEncrypted ? 1 : 0, 2);
    shared.writeUInt16LE(isStored ? 0 : 8, 4);
    shared.writeUInt32LE(saidBytes ?? packed.length, 14);
    shared.writeUInt32LE(saidBytes ?? plain.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const head = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, Buffer.from(name), packed]);
    heads.push(head);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    if (!isHidden)
      directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\0'), shared, rest, Buffer.from(name)]));
    offset += head.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...heads, listed, end]);
}

const relationships = (target: string): string =>
  `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="${target}" TargetMode="External"/></Relationships>`;

/** A document of words, its links in relationships and fields. */
export function docxOf(target: string, field = ''): Buffer {
  return zipOf([
    {
      name: '[Content_Types].xml',
      content: '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    },
    {
      name: 'word/document.xml',
      content: `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:instrText> ${field} </w:instrText></w:p></w:document>`,
    },
    { name: 'word/_rels/document.xml.rels', content: relationships(target) },
  ]);
}

export interface PdfStreamMaking {
  readonly dictionary: string;
  readonly content: Uint8Array | string;
}

/** A PDF of objects and streams, without a table: readers mend that. */
export function pdfOf(objects: readonly string[], streams: readonly PdfStreamMaking[] = []): Buffer {
  const pieces = [Buffer.from('%PDF-1.7\n%\u00e2\u00e3\n', 'latin1')];
  let number = 0;
  for (const object of objects)
    pieces.push(Buffer.from(`${(number += 1)} 0 obj\n${object}\nendobj\n`, 'latin1'));
  for (const { dictionary, content } of streams)
    pieces.push(
      Buffer.from(
        `${(number += 1)} 0 obj\n<< ${dictionary} /Length ${content.length} >>\nstream\r\n`,
        'latin1',
      ),
      Buffer.from(content),
      Buffer.from('\nendstream\nendobj\n'),
    );
  pieces.push(Buffer.from('trailer << /Root 1 0 R >>\n%%EOF\n'));
  return Buffer.concat(pieces);
}

export function flate(content: Uint8Array | string): Buffer {
  return deflateSync(content);
}
