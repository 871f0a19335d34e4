import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { keyBytes, keyIdBytes } from './purpose-key.ts';
import type { PurposeKey } from './purpose-key.ts';

/*
 * Record format 1 (STORAGE §4):
 *
 *     version 1 · key id 8 · salt 16 · ciphertext · tag 16
 *
 * AES-256-GCM under HKDF-SHA-256(purpose key, salt, label): every record has a key and nonce of its own, so no nonce
 * meets a key twice, not after a restore either. The place is associated data: what was moved, swapped or cut does not open.
 */

const formatVersion = 1;
export const saltBytes = 16;
const tagBytes = 16;
const nonceBytes = 12;
const saltStart = 1 + keyIdBytes;
const bodyStart = saltStart + saltBytes;

/** What sealing adds to a record. */
export const sealedOverheadBytes = bodyStart + tagBytes;

const label = 'postern record 1';

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
  const { recordKey, nonce } = recordKeyOf(key, salt);
  const cipher = createCipheriv('aes-256-gcm', recordKey, nonce, { authTagLength: tagBytes });
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
  const { recordKey, nonce } = recordKeyOf(key, sealed.subarray(saltStart, bodyStart));
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

function recordKeyOf(
  key: PurposeKey,
  salt: Uint8Array,
): { readonly recordKey: Uint8Array; readonly nonce: Uint8Array } {
  const derived = new Uint8Array(hkdfSync('sha256', key.key, salt, label, keyBytes + nonceBytes));
  return { recordKey: derived.subarray(0, keyBytes), nonce: derived.subarray(keyBytes) };
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
