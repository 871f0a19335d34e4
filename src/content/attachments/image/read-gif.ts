import { asBuffer } from '#mail/octets.ts';
import { fileBounds } from '../file-bounds.ts';
import { luma } from './gray-row.ts';
import type { ImageTrouble } from './read-png.ts';
import { Shrinker } from './shrinker.ts';
import type { GrayImage } from './shrinker.ts';

/** Blocks of one picture. */
const blocksMax = 100_000;

/** The brightness of the first frame of a GIF (GIF89a). */
export function readGif(bytes: Uint8Array): GrayImage | ImageTrouble {
  const gif = asBuffer(bytes);
  if (gif.length < 13) return 'damaged';
  const global = colourTable(gif, 13, gif.readUInt8(10));
  let at = global.end;
  for (let count = 0; count < blocksMax && at + 10 < gif.length; count += 1) {
    const mark = gif.readUInt8(at);
    if (mark === 0x2c) return frame(gif, at, global.gray);
    if (mark !== 0x21) return 'damaged';
    at = afterBlocks(gif, at + 2);
  }
  return 'damaged';
}

function frame(gif: Buffer, at: number, global: Uint8Array): GrayImage | ImageTrouble {
  const [width, height, flags] = [gif.readUInt16LE(at + 5), gif.readUInt16LE(at + 7), gif.readUInt8(at + 9)];
  if (width * height > fileBounds.wholePixelsMax) return 'too large';
  if (width === 0 || height === 0) return 'damaged';
  const local = colourTable(gif, at + 10, flags);
  const colours = local.gray.length > 0 ? local.gray : global;
  const codeBits = gif[local.end] ?? 0;
  if (codeBits < 2 || codeBits > 8) return 'damaged';
  const indices = unpackLzw(blocks(gif, local.end + 1), codeBits, width * height);
  const shrinker = new Shrinker(width, height);
  for (const y of rowOrder(height, (flags & 0x40) !== 0))
    shrinker.add(indices.subarray(y * width, (y + 1) * width).map((index) => colours[index] ?? 255));
  return shrinker.image();
}

/** Which row of the data each row of the picture is: interlaced ones come in four passes. */
function rowOrder(height: number, isInterlaced: boolean): readonly number[] {
  const rows = Array.from({ length: height }, (_, y) => y);
  if (!isInterlaced) return rows;
  const passes = [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const;
  const order: number[] = [];
  let next = 0;
  for (const [first, step] of passes)
    for (let y = first; y < height; y += step) {
      order[y] = next;
      next += 1;
    }
  return order;
}

interface ColourTable {
  readonly gray: Uint8Array;
  readonly end: number;
}

function colourTable(gif: Buffer, at: number, flags: number): ColourTable {
  if ((flags & 0x80) === 0) return { gray: new Uint8Array(), end: at };
  const size = 2 << (flags & 7);
  const gray = new Uint8Array(size);
  for (let index = 0; index < size; index += 1) {
    const place = at + index * 3;
    gray[index] = luma(gif[place] ?? 0, gif[place + 1] ?? 0, gif[place + 2] ?? 0);
  }
  return { gray, end: at + size * 3 };
}

function afterBlocks(gif: Buffer, from: number): number {
  let at = from;
  while (at < gif.length && gif[at] !== 0) at += (gif[at] ?? 0) + 1;
  return at + 1;
}

function blocks(gif: Buffer, from: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = from; at < gif.length && gif[at] !== 0; at += (gif[at] ?? 0) + 1)
    pieces.push(gif.subarray(at + 1, at + 1 + (gif[at] ?? 0)));
  return Buffer.concat(pieces);
}

/** Codes have twelve bits at most. */
const codesMax = 4_096;

/** Appendix F. What makes no sense ends it. */
function unpackLzw(data: Buffer, codeBits: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const clear = 1 << codeBits;
  const prefix = new Uint16Array(codesMax);
  const last = new Uint8Array(codesMax);
  const stack = new Uint8Array(codesMax);
  for (let code = 0; code < clear; code += 1) last[code] = code;
  let [bits, next, before, first] = [codeBits + 1, clear + 2, -1, 0];
  let [held, heldBits, at, filled] = [0, 0, 0, 0];
  while (filled < length) {
    while (heldBits < bits && at < data.length) {
      held |= (data[at] ?? 0) << heldBits;
      heldBits += 8;
      at += 1;
    }
    if (heldBits < bits) break;
    const code = held & ((1 << bits) - 1);
    held >>>= bits;
    heldBits -= bits;
    if (code === clear + 1) break;
    if (code === clear) {
      [bits, next, before] = [codeBits + 1, clear + 2, -1];
      continue;
    }
    if (code > next || (code === next && before < 0)) break;
    let [depth, walk] = [0, code];
    if (code === next) {
      stack[0] = first;
      [depth, walk] = [1, before];
    }
    while (walk >= clear && depth < codesMax) {
      stack[depth] = last[walk] ?? 0;
      depth += 1;
      walk = prefix[walk] ?? 0;
    }
    first = walk & 0xff;
    out[filled] = first;
    filled += 1;
    while (depth > 0 && filled < length) {
      depth -= 1;
      out[filled] = stack[depth] ?? 0;
      filled += 1;
    }
    if (before >= 0 && next < codesMax) {
      prefix[next] = before;
      last[next] = first;
      next += 1;
      if (next === 1 << bits && bits < 12) bits += 1;
    }
    before = code;
  }
  return out;
}
