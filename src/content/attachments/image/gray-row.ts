/** What the samples of a row are. */
export interface RowSamples {
  readonly width: number;
  /** Of one sample: 1, 2, 4, 8 or 16, of which the upper eight count. */
  readonly bits: number;
  readonly samples: 'gray' | 'rgb' | 'cmyk' | 'palette' | 'gray-alpha' | 'rgba';
  /** Brightness of the colours of a palette, blended with white where they let light through. */
  readonly palette?: Uint8Array;
  /** The gray that is no colour but a hole. */
  readonly hole?: number;
}

const samplesOf: Readonly<Record<RowSamples['samples'], number>> = {
  gray: 1,
  palette: 1,
  'gray-alpha': 2,
  rgb: 3,
  rgba: 4,
  cmyk: 4,
};

/** Samples of one pixel. */
export function sampleCount({ samples }: Pick<RowSamples, 'samples'>): number {
  return samplesOf[samples];
}

/** The brightness of each pixel of a row, on white paper. */
export function toGray(row: Uint8Array, form: RowSamples): Uint8Array {
  const { width, bits } = form;
  const out = new Uint8Array(width);
  const count = sampleCount(form);
  const step = bits === 16 ? 2 : 1;
  for (let x = 0; x < width; x += 1) {
    if (bits < 8) out[x] = smallSample(row, x, form);
    else out[x] = brightness(row, x * count * step, form);
  }
  return out;
}

function smallSample(row: Uint8Array, x: number, { bits, samples, palette, hole }: RowSamples): number {
  const perByte = 8 / bits;
  const octet = row[Math.floor(x / perByte)] ?? 0;
  const value = (octet >> (8 - bits * ((x % perByte) + 1))) & ((1 << bits) - 1);
  if (samples === 'palette') return palette?.[value] ?? 255;
  return value === hole ? 255 : Math.round((value * 255) / ((1 << bits) - 1));
}

function brightness(row: Uint8Array, at: number, { bits, samples, palette, hole }: RowSamples): number {
  const step = bits === 16 ? 2 : 1;
  const first = row[at] ?? 0;
  switch (samples) {
    case 'palette':
      return palette?.[first] ?? 255;
    case 'gray':
      return first === hole ? 255 : first;
    case 'gray-alpha':
      return onWhite(first, row[at + step] ?? 255);
    case 'cmyk':
      return ((255 - luma(first, row[at + 1] ?? 0, row[at + 2] ?? 0)) * (255 - (row[at + 3] ?? 0))) / 255;
    default: {
      const gray = luma(first, row[at + step] ?? 0, row[at + 2 * step] ?? 0);
      return samples === 'rgba' ? onWhite(gray, row[at + 3 * step] ?? 255) : gray;
    }
  }
}

/** ITU-R BT.601. */
export function luma(red: number, green: number, blue: number): number {
  return (red * 299 + green * 587 + blue * 114) / 1000;
}

export function onWhite(gray: number, alpha: number): number {
  return (gray * alpha + 255 * (255 - alpha)) / 255;
}
