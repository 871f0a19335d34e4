import { createCipheriv, createDecipheriv } from 'node:crypto';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { hmacSha256 } from './hmac.ts';
import { keyIdBytes } from './purpose-key.ts';
import type { PurposeKey } from './purpose-key.ts';

/*
 * Record format 1 (STORAGE §4):
 *
 *     version 1 · key id 8 · salt 16 · ciphertext · tag 16
 *
 * AES-256-GCM under HKDF-SHA-256(purpose key, salt, label), of which only the expanding step is needed, because a
 * purpose key is pure chance (RFC 5869 §3.3): one HMAC. Every record has a key of its own and is sealed once, so no
 * nonce meets a key twice, not after a restore either, and the nonce can be the same. The place is associated data: what was moved, swapped or cut does not open.
 */

const formatVersion = 1;
export const saltBytes = 16;
const tagBytes = 16;
const nonce = new Uint8Array(12);
const saltStart = 1 + keyIdBytes;
const bodyStart = saltStart + saltBytes;

/** What sealing adds to a record. */
export const sealedOverheadBytes = bodyStart + tagBytes;

/** `info` of HKDF ends with the salt, and its one block has number 1 (RFC 5869 §2.3). */
const label = Buffer.from('postern record 1');

/** Where a record lies. Two places differ in at least one field. */
export interface RecordPlace {
  /** `account`, `queue`, `directory`, `traces`, … */
  readonly purpose: string;
  /** The account's id, or empty. */
  readonly account: string;
  readonly table: string;
  readonly column: string;
  /** The row's own key, as text; never one that is used again for another row. */
  readonly record: string;
}

/** Seals bytes for one place. @param salt 16 random bytes, never used before */
export function sealRecord(
  key: PurposeKey,
  place: RecordPlace,
  { plain, salt }: { readonly plain: Uint8Array; readonly salt: Uint8Array },
): Uint8Array {
  if (salt.length !== saltBytes) throw new Error('a record takes 16 bytes of salt');
  const cipher = createCipheriv('aes-256-gcm', recordKeyOf(key, salt), nonce, { authTagLength: tagBytes });
  cipher.setAAD(placeBytes(place, key.id));
  const sealed = Buffer.allocUnsafeSlow(plain.length + sealedOverheadBytes);
  sealed[0] = formatVersion;
  sealed.write(key.id, 1, keyIdBytes, 'hex');
  sealed.set(salt, saltStart);
  sealed.set(cipher.update(plain), bodyStart);
  cipher.final();
  sealed.set(cipher.getAuthTag(), bodyStart + plain.length);
  return new Uint8Array(sealed.buffer);
}

/** `unknown-key`: sealed under another key (see `sealedKeyId`). `damaged`: changed, cut, moved or swapped. */
export type UnsealFailure = 'damaged' | 'unknown-key';

export function unsealRecord(
  key: PurposeKey,
  place: RecordPlace,
  sealed: Uint8Array,
): Result<Uint8Array, UnsealFailure> {
  const id = sealedKeyId(sealed);
  if (id === undefined) return err('damaged');
  if (id !== key.id) return err('unknown-key');
  const recordKey = recordKeyOf(key, sealed.subarray(saltStart, bodyStart));
  const decipher = createDecipheriv('aes-256-gcm', recordKey, nonce, { authTagLength: tagBytes });
  decipher.setAAD(placeBytes(place, key.id));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  try {
    const plain = decipher.update(sealed.subarray(bodyStart, sealed.length - tagBytes));
    decipher.final();
    return ok(new Uint8Array(plain.buffer, plain.byteOffset, plain.length));
  } catch {
    return err('damaged');
  }
}

/** The id of the key that sealed these bytes; `undefined` if they are no sealed record. */
export function sealedKeyId(sealed: Uint8Array): string | undefined {
  if (sealed.length < sealedOverheadBytes || sealed[0] !== formatVersion) return undefined;
  return Buffer.from(sealed.buffer, sealed.byteOffset + 1, keyIdBytes).toString('hex');
}

function recordKeyOf(key: PurposeKey, salt: Uint8Array): Uint8Array {
  const info = Buffer.alloc(label.length + saltBytes + 1, 1);
  info.set(label);
  info.set(salt, label.length);
  return hmacSha256(key.key, info);
}

/** As JSON, so that no two places have the same bytes. */
function placeBytes(place: RecordPlace, keyId: string): Buffer {
  return Buffer.from(
    JSON.stringify([
      formatVersion,
      place.purpose,
      place.account,
      place.table,
      place.column,
      place.record,
      keyId,
    ]),
  );
}
