import { latin1Text, noBytes } from '#mail/octets.ts';
import { inflateBounded } from '../inflate-bounded.ts';
import { unfiltered } from '../image/png-filters.ts';

/** What a stream says of itself. */
export interface StreamDictionary {
  /** Its text, names with their `#41` undone. */
  readonly text: string;
}

/** Names of filters and their short forms (ISO 32000-1 table 6 and 94), in the order in which they are undone. */
const filter =
  /\/(FlateDecode|Fl|ASCII85Decode|A85|ASCIIHexDecode|AHx|LZWDecode|LZW|RunLengthDecode|RL|DCTDecode|DCT|JPXDecode|CCITTFaxDecode|CCF|JBIG2Decode|Crypt)(?![\w])/g;

/** Filters on top of each other; honest ones are two at most. */
const filtersMax = 4;

export function filtersOf({ text }: StreamDictionary): readonly string[] {
  const named = /\/(?:Filter|F)\s{0,8}(\[[^\]]{0,400}|\/\w{1,20})/.exec(text)?.[1] ?? '';
  return [...named.matchAll(filter)].slice(0, filtersMax).map(([, name = '']) => name);
}

export interface DecodedStream {
  readonly bytes: Uint8Array;
  readonly end: 'whole' | 'cut' | 'damaged' | 'unknown';
}

/**
 * Undoes the filters of a stream, but not those of pictures: what they left is what stands there. What looks compressed is
 * taken for that, whatever its dictionary says: readers differ in which of two entries they believe.
 */
export async function decodeStream(
  octets: Uint8Array,
  dictionary: StreamDictionary,
  bytesMax: number,
): Promise<DecodedStream> {
  const filters = filtersOf(dictionary);
  const decoded = await undoFilters(octets, { filters, dictionary, bytesMax });
  const isDone = filters.length > 0 && decoded.end !== 'unknown' && decoded.end !== 'damaged';
  if (isDone || !looksCompressed(octets)) return decoded;
  const inflated = await inflateBounded(octets, 'zlib', bytesMax);
  return inflated.bytes.length === 0
    ? decoded
    : { bytes: inflated.bytes, end: inflated.end === 'cut' ? 'cut' : 'whole' };
}

/** RFC 1950 §2.2. */
function looksCompressed(octets: Uint8Array): boolean {
  const [first = 0, second = 0] = octets;
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

interface Undoing {
  readonly filters: readonly string[];
  readonly dictionary: StreamDictionary;
  readonly bytesMax: number;
}

async function undoFilters(
  octets: Uint8Array,
  { filters, dictionary, bytesMax }: Undoing,
): Promise<DecodedStream> {
  let bytes = octets;
  for (const name of filters) {
    if (name === 'DCTDecode' || name === 'DCT') return { bytes, end: 'whole' };
    if (name === 'FlateDecode' || name === 'Fl') {
      const inflated = await inflateBounded(bytes, 'zlib', bytesMax);
      if (inflated.end === 'cut') return { bytes: inflated.bytes, end: 'cut' };
      bytes = predicted(inflated.bytes, dictionary);
      if (inflated.end === 'damaged' && inflated.bytes.length === 0) return { bytes, end: 'damaged' };
    } else if (name === 'ASCII85Decode' || name === 'A85') bytes = ascii85(bytes);
    else if (name === 'ASCIIHexDecode' || name === 'AHx') bytes = asciiHex(bytes);
    else return { bytes: noBytes, end: 'unknown' };
  }
  return { bytes, end: 'whole' };
}

/** ISO 32000-1 §7.4.4.4: rows as PNG has them. */
function predicted(bytes: Uint8Array, { text }: StreamDictionary): Uint8Array {
  if (!/\/Predictor\s{1,4}1[0-5]/.test(text)) return bytes;
  const number = (name: string, otherwise: number): number =>
    Number(new RegExp(`/${name}\\s{1,4}(\\d{1,5})`).exec(text)?.[1] ?? otherwise);
  const bits = number('BitsPerComponent', 8) * number('Colors', 1);
  return unfiltered(bytes, {
    rowBytes: Math.ceil((bits * number('Columns', 1)) / 8),
    pixelBytes: Math.max(1, bits >> 3),
  });
}

function asciiHex(octets: Uint8Array): Uint8Array {
  const [text = ''] = latin1Text(octets).split('>', 1);
  return Buffer.from(text.replaceAll(/[^0-9a-f]/gi, ''), 'hex');
}

function ascii85(octets: Uint8Array): Uint8Array {
  const out = Buffer.alloc(Math.ceil(octets.length * 4));
  let length = 0;
  let group: number[] = [];
  const flush = (count: number): void => {
    const value = group.reduce((sum, digit) => sum * 85 + digit, 0);
    for (let index = 0; index < count; index += 1)
      out[length + index] = Math.floor(value / 256 ** (3 - index)) & 0xff;
    length += count;
    group = [];
  };
  for (const octet of octets) {
    if (octet === 0x7e) break;
    if (octet === 0x7a && group.length === 0) length += 4;
    else if (octet >= 0x21 && octet <= 0x75) group.push(octet - 0x21);
    if (group.length === 5) flush(4);
  }
  const rest = group.length;
  if (rest > 1) {
    while (group.length < 5) group.push(84);
    flush(rest - 1);
  }
  return out.subarray(0, length);
}
