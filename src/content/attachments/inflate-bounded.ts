import { constants, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/** How octets were compressed: with the head of RFC 1950, with that of RFC 1952, or without. */
export type Compression = 'zlib' | 'gzip' | 'raw';

const inflaters = { zlib: createInflate, gzip: createGunzip, raw: createInflateRaw } as const;

export interface Inflated {
  /** As much as came out, whatever happened then. */
  readonly bytes: Buffer;
  /** `cut`: there is more than was asked for; `damaged`: it ends too early or makes no sense. */
  readonly end: 'whole' | 'cut' | 'damaged';
}

/**
 * Undoes DEFLATE (RFC 1951), up to a number of octets: what a bomb holds beyond is never made. What stands behind the end is
 * passed over. Never throws.
 */
export async function inflateBounded(
  octets: Uint8Array,
  compression: Compression,
  bytesMax: number,
): Promise<Inflated> {
  const pieces: Buffer[] = [];
  let length = 0;
  const end = await passInflated(octets, compression, (piece) => {
    pieces.push(piece);
    length += piece.length;
    return length < bytesMax;
  });
  return { bytes: Buffer.concat(pieces).subarray(0, bytesMax), end };
}

/** The same, piece by piece; `take` answers whether it wants more. */
export function passInflated(
  octets: Uint8Array,
  compression: Compression,
  take: (piece: Buffer) => boolean,
): Promise<Inflated['end']> {
  return new Promise((resolve) => {
    const stream = inflaters[compression]({ finishFlush: constants.Z_SYNC_FLUSH });
    const finish = (end: Inflated['end']): void => {
      resolve(end);
      stream.destroy();
    };
    stream.on('data', (piece: Buffer) => {
      if (!stream.destroyed && !take(piece)) finish('cut');
    });
    stream.on('end', () => finish('whole'));
    stream.on('error', () => finish('damaged'));
    stream.end(octets);
  });
}
