import { latin1Text } from '#mail/octets.ts';
import { fileBounds } from '../file-bounds.ts';
import type { FileReading } from '../file-reading.ts';
import type { PassFile } from '../inner-file.ts';
import { readPixels } from '../image/read-image.ts';
import { joinedWay } from '../joined-way.ts';
import { decodeStream, filtersOf } from './pdf-filters.ts';
import { pdfImage } from './pdf-image.ts';
import { findPdfLinks, plainStrings } from './pdf-strings.ts';

interface PdfPlace {
  readonly reading: FileReading;
  readonly inside: string;
  readonly pass: PassFile;
}

interface PdfStream {
  readonly dictionary: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Links of a PDF. It is not read by its cross-reference table, which may be broken or lie, but as it stands: all objects, those
 * in compressed streams too (ISO 32000-1 §7.5.7), whether a page leads to them or not; pictures are handed on.
 */
export async function readPdf(bytes: Uint8Array, place: PdfPlace): Promise<void> {
  const { reading, inside } = place;
  const text = latin1Text(bytes);
  const streams = streamsOf(text);
  if (streams.length >= fileBounds.streamsMax) reading.miss('more streams of a PDF than are read', inside);
  const objects = outside(text, streams);
  if (/\/Encrypt[\s<]/.test(objects))
    reading.miss('an encrypted PDF: what its strings say cannot be read', inside);
  reading.take(findPdfLinks(objects), inside);
  const readable = streams.filter(({ dictionary }) => isObjects(dictionary) || !passed.test(dictionary));
  for (const stream of readable.toSorted((a, b) => rank(a) - rank(b))) {
    if (reading.pieceBytesMax <= 0) {
      reading.miss('more than is unpacked of one file', inside);
      return;
    }
    await readStream(bytes.subarray(stream.start, stream.end), stream.dictionary, place);
  }
}

async function readStream(
  octets: Uint8Array,
  text: string,
  { reading, inside, pass }: PdfPlace,
): Promise<void> {
  const dictionary = { text };
  const { bytes, end } = await decodeStream(octets, dictionary, reading.pieceBytesMax);
  reading.spent(bytes.length);
  const isImage = isPicture(text);
  if (end === 'cut') reading.miss('a stream of a PDF is larger than is unpacked', inside);
  if (end === 'damaged' && isObjects(text)) reading.miss('a stream of a PDF is damaged', inside);
  if (end === 'unknown')
    reading.miss(`a ${isImage ? 'picture' : 'stream'} of a PDF is packed in a way that is not read`, inside);
  if (isImage) {
    const image = pdfImage(bytes, text, filtersOf(dictionary));
    if (image?.kind === 'jpeg') await pass({ name: 'picture', kind: 'jpeg', bytes });
    else if (image !== undefined && reading.takeImage())
      await readPixels(image.image, { reading, inside: joinedWay(inside, 'picture') });
    return;
  }
  reading.take(findPdfLinks(latin1Text(bytes)), inside);
  if (/\/EmbeddedFile(?!\w)/.test(text)) await pass({ name: 'attachment', bytes });
}

/** Tables, and what programs note about their work: full of addresses that lead to their makers. */
const passed = /\/Type\s{0,4}\/(?:XRef|Metadata)(?!\w)/;

/** A dictionary in front of a stream has no more characters that matter. */
const dictionaryCharsMax = 8_192;

function streamsOf(text: string): readonly PdfStream[] {
  const streams: PdfStream[] = [];
  let from = 0;
  for (const { index } of text.matchAll(/stream(?:\r\n?|\n)/g)) {
    // `endstream`, or a word inside of a stream that was seen already.
    if (index < from || text.startsWith('end', index - 3)) continue;
    if (streams.length >= fileBounds.streamsMax) break;
    const start = text.startsWith('\r\n', index + 6) ? index + 8 : index + 7;
    const before = text.slice(Math.max(from, index - dictionaryCharsMax), index);
    const object = before.lastIndexOf(' obj');
    const dictionary = plainStrings(before.slice(Math.max(0, object)));
    const end = endOfStream(text, start, dictionary);
    streams.push({ dictionary, start, end });
    from = end;
  }
  return streams;
}

/** Where its length says when the keyword stands there: it may stand in the stream as well. */
function endOfStream(text: string, start: number, dictionary: string): number {
  const said =
    start + Number(/\/Length\s{1,8}(\d{1,9})(?!\s{1,8}\d{1,9}\s{1,8}R)/.exec(dictionary)?.[1] ?? 0);
  if (said > start && /^\s{0,4}endstream/.test(text.slice(said, said + 16))) return said;
  const found = text.indexOf('endstream', start);
  return found < 0 ? text.length : found;
}

/** What stands between the streams; metadata and tables are left out with them. */
function outside(text: string, streams: readonly PdfStream[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of streams) {
    pieces.push(text.slice(from, start));
    from = end;
  }
  pieces.push(text.slice(from));
  return pieces.join('\n');
}

function isObjects(dictionary: string): boolean {
  return /\/Type\s{0,4}\/ObjStm(?!\w)/.test(dictionary);
}

/** Whatever else it says of itself, objects are objects. */
function isPicture(dictionary: string): boolean {
  return !isObjects(dictionary) && /\/Subtype\s{0,4}\/Image(?!\w)/.test(dictionary);
}

/** Objects first, then what pages say, then pictures. */
function rank({ dictionary }: PdfStream): number {
  if (isObjects(dictionary)) return 0;
  return isPicture(dictionary) ? 2 : 1;
}
