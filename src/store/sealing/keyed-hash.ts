import { hmacSha256 } from './hmac.ts';

/** 128 bits: enough that no two values of one server ever meet. */
export const keyedHashBytes = 16;

/** A value's hash under a key that was set before. */
export type KeyedHash = (value: string) => Uint8Array;

/**
 * What stands in the clear for a sealed value, to look it up by: HMAC-SHA-256, cut. Without the key nobody can try
 * values against it.
 * @param key from `deriveKey`, one per column, so that equal values in two columns do not show
 */
export function keyedHash(key: Uint8Array): KeyedHash {
  const hmac = hmacSha256(key);
  return (value) => new Uint8Array(hmac(value).subarray(0, keyedHashBytes));
}
