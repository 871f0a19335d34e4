import { toGray } from '../image/gray-row.ts';
import { Shrinker } from '../image/shrinker.ts';
import type { GrayImage } from '../image/shrinker.ts';

/** A picture of a PDF: a JPEG as it is, or its pixels. */
export type PdfImage = { readonly kind: 'jpeg' } | { readonly kind: 'pixels'; readonly image: GrayImage };

/**
 * What the stream of a picture holds once its filters are undone (ISO 32000-1 §8.9.5): a JPEG, or rows of one or eight bits.
 * `undefined`: another form, or none.
 */
export function pdfImage(bytes: Uint8Array, text: string, filters: readonly string[]): PdfImage | undefined {
  if (filters.some((name) => name.startsWith('DCT'))) return { kind: 'jpeg' };
  const number = (name: string): number =>
    Number(new RegExp(`/(?:${name})\\s{1,4}(\\d{1,5})`).exec(text)?.[1] ?? 0);
  const [width, height] = [number('Width|W'), number('Height|H')];
  const bits = /\/ImageMask\s{1,4}true/.test(text) ? 1 : number('BitsPerComponent|BPC');
  if (width === 0 || height === 0 || (bits !== 1 && bits !== 8)) return undefined;
  const samples = bits === 1 ? 1 : Math.floor(bytes.length / (width * height));
  const rowBytes = Math.ceil((width * samples * bits) / 8);
  if (![1, 3, 4].includes(samples) || bytes.length < rowBytes * height) return undefined;
  const shrinker = new Shrinker(width, height);
  // Four are cyan, magenta, yellow and black: more is darker.
  const form = {
    width,
    bits,
    samples: samples === 4 ? ('cmyk' as const) : samples === 3 ? ('rgb' as const) : ('gray' as const),
  };
  for (let row = 0; row < height; row += 1)
    shrinker.add(toGray(bytes.subarray(row * rowBytes, (row + 1) * rowBytes), form));
  return { kind: 'pixels', image: shrinker.image() };
}
