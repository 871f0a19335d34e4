import { createCipheriv } from 'node:crypto';

/** Sizes up to 2^48 - 1 bytes. */
const maskBytes = 6;
const blockBytes = 16;

/**
 * Exact sizes tell messages apart, so they are not kept in the clear, and yet a listing of 10,000 must not open 10,000
 * records: each size is added to a number that only the account's key can make from the content's id. One call of
 * AES covers a whole page of rows. An id is never used twice, so neither is a mask.
 */
export interface SizeMask {
  hide(content: number, sizeBytes: number): number;
  show(rows: readonly { readonly content: number; readonly size: number }[]): readonly number[];
}

const range = 2 ** (8 * maskBytes);

/** @param key 32 bytes from `deriveKey` */
export function sizeMask(key: Uint8Array): SizeMask {
  // Of whole blocks nothing stays behind in it.
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);

  function masks(contents: readonly number[]): readonly number[] {
    const blocks = Buffer.alloc(contents.length * blockBytes);
    contents.forEach((content, at) => blocks.writeDoubleBE(content, at * blockBytes));
    const hidden = cipher.update(blocks);
    return contents.map((_, at) => hidden.readUIntBE(at * blockBytes, maskBytes));
  }
  return {
    hide: (content, sizeBytes) => (sizeBytes + (masks([content])[0] ?? 0)) % range,
    show(rows) {
      const all = masks(rows.map(({ content }) => content));
      return rows.map(({ size }, at) => (size - (all[at] ?? 0) + range) % range);
    },
  };
}
