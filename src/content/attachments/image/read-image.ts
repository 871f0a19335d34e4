import { decodeQRBatch } from 'qr/decode.js';
import { findTextLinks } from '../../links/find-text-links.ts';
import type { LinkCandidate } from '../../links/link-candidate.ts';
import type { FileReading } from '../file-reading.ts';
import { readGif } from './read-gif.ts';
import { readJpeg } from './read-jpeg.ts';
import { readPng } from './read-png.ts';
import type { ImageTrouble } from './read-png.ts';
import type { GrayImage } from './shrinker.ts';

interface ImagePlace {
  readonly reading: FileReading;
  readonly inside: string;
}

/** Links in the QR codes of a picture. */
export async function readImage(
  kind: 'png' | 'jpeg' | 'gif',
  bytes: Uint8Array,
  place: ImagePlace,
): Promise<void> {
  const { reading, inside } = place;
  if (!reading.takeImage()) {
    reading.miss('more pictures than are searched for codes', inside);
    return;
  }
  const image = await pixels(kind, bytes);
  if (typeof image === 'string') reading.miss(imageWords[image], inside);
  else await readPixels(image, place);
}

const imageWords: Readonly<Record<ImageTrouble, string>> = {
  'too large': 'a picture is larger than is searched for codes',
  damaged: 'a picture cannot be read',
};

async function pixels(kind: 'png' | 'jpeg' | 'gif', bytes: Uint8Array): Promise<GrayImage | ImageTrouble> {
  if (kind === 'png') return await readPng(bytes);
  return kind === 'gif' ? readGif(bytes) : readJpeg(bytes);
}

/** The smallest code has 21 modules. */
const sideMin = 21;
/** What a second look may take; the first has no bound but the size of the picture. */
const retryMs = 100;

/** … of a picture that is brightness already. */
export async function readPixels(image: GrayImage, { reading, inside }: ImagePlace): Promise<void> {
  if (image.width < sideMin || image.height < sideMin) return;
  reading.take(
    (await codesOf(image)).flatMap((text) => [...codeLinks(text)]),
    inside,
  );
}

async function codesOf(image: GrayImage): Promise<readonly string[]> {
  const { width, height, data } = framed(image);
  const [found = []] = await decodeQRBatch([{ width, height, data }], { format: 'RGBA', timeLimit: retryMs });
  return found.filter((text) => typeof text === 'string');
}

/** Readers need a white frame, and pixels larger than a module; pictures in mail come without and small. */
const frame = 12;
const smallSide = 120;

function framed({ width, height, gray }: GrayImage): {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
} {
  const scale = Math.max(width, height) <= smallSide ? 4 : 1;
  const outWidth = width * scale + 2 * frame;
  const outHeight = height * scale + 2 * frame;
  const data = new Uint8Array(outWidth * outHeight * 4).fill(255);
  for (let y = 0; y < height * scale; y += 1)
    for (let x = 0; x < width * scale; x += 1) {
      const value = gray[Math.floor(y / scale) * width + Math.floor(x / scale)] ?? 255;
      const at = ((y + frame) * outWidth + x + frame) * 4;
      data[at] = value;
      data[at + 1] = value;
      data[at + 2] = value;
    }
  return { width: outWidth, height: outHeight, data };
}

function* codeLinks(text: string): Iterable<LinkCandidate> {
  // A telephone makes a link of a host alone; of other contents (cards, networks) what is one in words.
  for (const link of findTextLinks(text))
    yield { ...link, kind: link.kind === 'address' ? 'address' : 'clicked', how: 'QR code' };
}
