import { decode } from 'jpeg-js';
import { fileBounds } from '../file-bounds.ts';
import { toGray } from './gray-row.ts';
import type { ImageTrouble } from './read-png.ts';
import { Shrinker } from './shrinker.ts';
import type { GrayImage } from './shrinker.ts';

const options = {
  useTArray: true,
  formatAsRGBA: false,
  tolerantDecoding: true,
  maxResolutionInMP: fileBounds.wholePixelsMax / 1_000_000,
  maxMemoryUsageInMB: 192,
} as const;

/** The brightness of a JPEG. */
export function readJpeg(bytes: Uint8Array): GrayImage | ImageTrouble {
  try {
    const { width, height, data } = decode(bytes, options);
    const shrinker = new Shrinker(width, height);
    const form = { width, bits: 8, samples: 'rgb' } as const;
    for (let y = 0; y < height; y += 1)
      shrinker.add(toGray(data.subarray(y * width * 3, (y + 1) * width * 3), form));
    return shrinker.image();
  } catch (trouble) {
    return trouble instanceof Error && /limit exceeded/.test(trouble.message) ? 'too large' : 'damaged';
  }
}
