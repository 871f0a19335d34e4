import { asBuffer } from '#mail/octets.ts';
import { fileBounds } from '../file-bounds.ts';
import { passInflated } from '../inflate-bounded.ts';
import { luma, onWhite, sampleCount, toGray } from './gray-row.ts';
import type { RowSamples } from './gray-row.ts';
import { unfilterRow } from './png-filters.ts';
import { Shrinker } from './shrinker.ts';
import type { GrayImage } from './shrinker.ts';

/** Why a picture was not read. */
export type ImageTrouble = 'too large' | 'damaged';

interface PngHead {
  readonly width: number;
  readonly height: number;
  readonly form: RowSamples;
  readonly isInterlaced: boolean;
  readonly data: readonly Buffer[];
}

const colourTypes: Readonly<Record<number, RowSamples['samples']>> = {
  0: 'gray',
  2: 'rgb',
  3: 'palette',
  4: 'gray-alpha',
  6: 'rgba',
};

/** Passes of an interlaced picture (PNG §8.2): first column and row, and the steps between. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The brightness of a PNG (ISO 15948), as much as came; checksums are not looked at. Never holds more than it gives. */
export async function readPng(bytes: Uint8Array): Promise<GrayImage | ImageTrouble> {
  const head = readHead(asBuffer(bytes));
  if (head === undefined) return 'damaged';
  const { wholePixelsMax, imagePixelsMax, imageSideMax } = fileBounds;
  const pixels = head.width * head.height;
  if (pixels > (head.isInterlaced ? wholePixelsMax : imagePixelsMax)) return 'too large';
  if (Math.max(head.width, head.height) > imageSideMax) return 'too large';
  return head.isInterlaced ? readInterlaced(head) : readRows(head);
}

async function readRows({ width, height, form, data }: PngHead): Promise<GrayImage> {
  const shrinker = new Shrinker(width, height);
  const rows = new RowReader([{ width, height }], form, ({ row }) => shrinker.add(toGray(row, form)));
  await passInflated(Buffer.concat(data), 'zlib', (piece) => rows.push(piece));
  return shrinker.image();
}

async function readInterlaced({ width, height, form, data }: PngHead): Promise<GrayImage> {
  const gray = new Uint8Array(width * height).fill(255);
  const sizes = passes.map(([x, y, dx, dy]) => ({
    width: Math.ceil((width - x) / dx),
    height: Math.ceil((height - y) / dy),
  }));
  const rows = new RowReader(sizes, form, ({ row, pass, index }) => {
    const [x0, y0, dx, dy] = passes[pass] ?? passes[0];
    const pixels = toGray(row, { ...form, width: sizes[pass]?.width ?? 0 });
    for (const [at, value] of pixels.entries()) gray[(y0 + index * dy) * width + x0 + at * dx] = value;
  });
  await passInflated(Buffer.concat(data), 'zlib', (piece) => rows.push(piece));
  const shrinker = new Shrinker(width, height);
  for (let y = 0; y < height; y += 1) shrinker.add(gray.subarray(y * width, (y + 1) * width));
  return shrinker.image();
}

function readHead(png: Buffer): PngHead | undefined {
  if (png.length < 33 || png.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const [width, height, bits] = [png.readUInt32BE(16), png.readUInt32BE(20), png.readUInt8(24)];
  const samples = colourTypes[png.readUInt8(25)];
  if (width === 0 || height === 0 || samples === undefined || ![1, 2, 4, 8, 16].includes(bits))
    return undefined;
  const chunks = readChunks(png);
  const palette = paletteOf(chunks.palette, chunks.transparency);
  const hole =
    samples === 'gray' && chunks.transparency !== undefined ? holeOf(chunks.transparency, bits) : undefined;
  const form = {
    width,
    bits,
    samples,
    ...(palette === undefined ? {} : { palette }),
    ...(hole === undefined ? {} : { hole }),
  };
  return { width, height, form, isInterlaced: png.readUInt8(28) === 1, data: chunks.data };
}

interface PngChunks {
  readonly data: Buffer[];
  palette: Buffer | undefined;
  transparency: Buffer | undefined;
}

/** Chunks of one picture; those of honest programs have 8 KiB and more. */
const chunksMax = 20_000;

function readChunks(png: Buffer): PngChunks {
  const chunks: PngChunks = { data: [], palette: undefined, transparency: undefined };
  let at = 8;
  for (let count = 0; at + 12 <= png.length && count < chunksMax; count += 1) {
    const end = at + 8 + png.readUInt32BE(at);
    const content = png.subarray(at + 8, end);
    const type = png.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') chunks.data.push(content);
    else if (type === 'PLTE') chunks.palette ??= content;
    else if (type === 'tRNS') chunks.transparency ??= content;
    else if (type === 'IEND') break;
    at = end + 4;
  }
  return chunks;
}

function paletteOf(colours: Buffer | undefined, transparency: Buffer | undefined): Uint8Array | undefined {
  if (colours === undefined) return undefined;
  const palette = new Uint8Array(Math.min(256, Math.floor(colours.length / 3)));
  for (let index = 0; index < palette.length; index += 1) {
    const gray = luma(colours[index * 3] ?? 0, colours[index * 3 + 1] ?? 0, colours[index * 3 + 2] ?? 0);
    palette[index] = onWhite(gray, transparency?.[index] ?? 255);
  }
  return palette;
}

function holeOf(transparency: Buffer, bits: number): number | undefined {
  if (transparency.length < 2) return undefined;
  return bits === 16 ? transparency.readUInt8(0) : transparency.readUInt8(1);
}

interface PassSize {
  readonly width: number;
  readonly height: number;
}

interface PngRow {
  readonly row: Uint8Array;
  readonly pass: number;
  readonly index: number;
}

/** Cuts what comes out of the compression into rows, and undoes their filters. */
class RowReader {
  readonly #sizes: readonly PassSize[];
  readonly #bitsOfPixel: number;
  readonly #take: (row: PngRow) => void;
  #pass = -1;
  #index = 0;
  #height = 0;
  #filtered = new Uint8Array();
  #filled = 0;
  #above = new Uint8Array();

  constructor(sizes: readonly PassSize[], form: RowSamples, take: (row: PngRow) => void) {
    this.#sizes = sizes;
    this.#bitsOfPixel = form.bits * sampleCount(form);
    this.#take = take;
    this.#nextPass();
  }

  /** False when all rows have come. */
  push(piece: Uint8Array): boolean {
    for (let at = 0; at < piece.length && this.#pass < this.#sizes.length;) {
      const taken = piece.subarray(at, at + this.#filtered.length - this.#filled);
      this.#filtered.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
      if (this.#filled === this.#filtered.length) this.#endRow();
    }
    return this.#pass < this.#sizes.length;
  }

  #endRow(): void {
    const row = this.#filtered.slice(1);
    unfilterRow(
      { filter: this.#filtered[0] ?? 0, row, above: this.#above },
      Math.max(1, this.#bitsOfPixel >> 3),
    );
    this.#take({ row, pass: this.#pass, index: this.#index });
    this.#above = row;
    this.#filled = 0;
    this.#index += 1;
    if (this.#index >= this.#height) this.#nextPass();
  }

  /** Passes of small pictures may be empty. */
  #nextPass(): void {
    do this.#pass += 1;
    while (this.#pass < this.#sizes.length && isEmpty(this.#sizes[this.#pass]));
    const { width, height } = this.#sizes[this.#pass] ?? { width: 0, height: 0 };
    const rowBytes = Math.ceil((width * this.#bitsOfPixel) / 8);
    this.#index = 0;
    this.#height = height;
    this.#filtered = new Uint8Array(rowBytes + 1);
    this.#above = new Uint8Array(rowBytes);
    this.#filled = 0;
  }
}

function isEmpty(size: PassSize | undefined): boolean {
  return size === undefined || size.width <= 0 || size.height <= 0;
}
