import { makeRoom } from '#base/make-room.ts';
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Random } from '#platform/random.ts';
import { hmacSha256 } from './hmac.ts';
import { keyIdBytes } from './purpose-key.ts';
import type { PurposeKey } from './purpose-key.ts';

/*
 * Record format 1 (STORAGE §4, docs/decisions/record-keys.md):
 *
 *     version 1 · key id 8 · salt 16 · number 6 · ciphertext · tag 16
 *
 * AES-256-GCM under HKDF-SHA-256(purpose key, salt, label), of which only the expanding step is needed, because a
 * purpose key is pure chance (RFC 5869 §3.3). The salt is new whenever a sealer is made, so after every start and every
 * restore; under one salt each record has a number of its own, which is the nonce: no nonce meets a key twice. The place
 * is associated data: what was moved, swapped or cut does not open.
 */

const formatVersion = 1;
const saltBytes = 16;
const numberBytes = 6;
const tagBytes = 16;
const nonceBytes = 12;
const saltStart = 1 + keyIdBytes;
const numberStart = saltStart + saltBytes;
const bodyStart = numberStart + numberBytes;

/** What sealing adds to a record. */
export const sealedOverheadBytes = bodyStart + tagBytes;

/** Records under one salt; NIST SP 800-38D §8.3 allows 2^32 under one key, and this is far from it. */
export const recordsPerSaltMax = 2 ** 24;
/** Keys of other salts that are kept made: what one start of the server sealed shares one. */
const keptKeysMax = 64;

/** `info` of HKDF ends with the salt, and its one block has number 1 (RFC 5869 §2.3). */
const label = Buffer.from('postern record 1');

/** The column and row of a record within a purpose and account. Two places differ in at least one field. */
export interface CellPlace {
  readonly table: string;
  readonly column: string;
  /** The row's own key, as text; never one that is used again for another row. */
  readonly record: string;
}

/** `unknown-key`: sealed under another key (see `sealedKeyId`). `damaged`: changed, cut, moved or swapped. */
export type UnsealFailure = 'damaged' | 'unknown-key';

/** Seals and opens what one purpose key is for. */
export interface KeySealing {
  readonly seal: (place: CellPlace, plain: Uint8Array) => Uint8Array;
  readonly open: (place: CellPlace, sealed: Uint8Array) => Result<Uint8Array, UnsealFailure>;
}

export interface KeySealingParts {
  readonly key: PurposeKey;
  /** `account`, `queue`, `directory`, `traces`, … */
  readonly purpose: string;
  /** The account's id, or empty. */
  readonly account: string;
  readonly random: Random;
  /** `recordsPerSaltMax` unless said. */
  readonly recordsPerSalt?: number;
}

interface Run {
  readonly salt: Buffer;
  readonly secret: KeyObject;
  /** Version, key id and salt, as they begin each of its records. */
  readonly head: Buffer;
  number: number;
}

export function keySealing({
  key,
  purpose,
  account,
  random,
  recordsPerSalt = recordsPerSaltMax,
}: KeySealingParts): KeySealing {
  const scope = JSON.stringify([formatVersion, purpose, account, key.id]);
  const idBytes = Buffer.from(key.id, 'hex');
  const made = new Map<string, KeyObject>();
  const nonce = Buffer.alloc(nonceBytes);
  let run: Run | undefined;

  function newRun(): Run {
    const salt = Buffer.from(random.bytes(saltBytes));
    const head = Buffer.concat([Buffer.of(formatVersion), Buffer.from(key.id, 'hex'), salt]);
    return { salt, secret: recordKeyOf(key, salt), head, number: 0 };
  }

  function secretOf(salt: Buffer): KeyObject {
    if (run?.salt.equals(salt) === true) return run.secret;
    const name = salt.toString('latin1');
    const known = made.get(name);
    if (known !== undefined) return known;
    const secret = recordKeyOf(key, salt);
    makeRoom(made, keptKeysMax);
    made.set(name, secret);
    return secret;
  }

  return {
    seal(place, plain) {
      if (run === undefined || run.number === recordsPerSalt) run = newRun();
      const { number } = run;
      run.number += 1;
      nonce.writeUIntBE(number, nonceBytes - numberBytes, numberBytes);
      const cipher = createCipheriv('aes-256-gcm', run.secret, nonce);
      cipher.setAAD(placeBytes(scope, place));
      const sealed = Buffer.allocUnsafeSlow(plain.length + sealedOverheadBytes);
      sealed.set(run.head);
      sealed.writeUIntBE(number, numberStart, numberBytes);
      sealed.set(cipher.update(plain), bodyStart);
      cipher.final();
      sealed.set(cipher.getAuthTag(), bodyStart + plain.length);
      return new Uint8Array(sealed.buffer);
    },
    open(place, sealed) {
      if (!isSealed(sealed)) return err('damaged');
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
      if (bytes.compare(idBytes, 0, keyIdBytes, 1, saltStart) !== 0) return err('unknown-key');
      bytes.copy(nonce, nonceBytes - numberBytes, numberStart, bodyStart);
      const secret = secretOf(bytes.subarray(saltStart, numberStart));
      const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: tagBytes });
      decipher.setAAD(placeBytes(scope, place));
      decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
      try {
        const plain = decipher.update(bytes.subarray(bodyStart, bytes.length - tagBytes));
        decipher.final();
        return ok(new Uint8Array(plain.buffer, plain.byteOffset, plain.length));
      } catch {
        return err('damaged');
      }
    },
  };
}

/** The id of the key that sealed these bytes; `undefined` if they are no sealed record. */
export function sealedKeyId(sealed: Uint8Array): string | undefined {
  if (!isSealed(sealed)) return undefined;
  return Buffer.from(sealed.buffer, sealed.byteOffset + 1, keyIdBytes).toString('hex');
}

function isSealed(sealed: Uint8Array): boolean {
  return sealed.length >= sealedOverheadBytes && sealed[0] === formatVersion;
}

function recordKeyOf(key: PurposeKey, salt: Uint8Array): KeyObject {
  const info = Buffer.alloc(label.length + saltBytes + 1, 1);
  info.set(label);
  info.set(salt, label.length);
  return createSecretKey(hmacSha256(key.key)(info));
}

/** With the lengths, so that no two places have the same bytes. */
function placeBytes(scope: string, { table, column, record }: CellPlace): Buffer {
  return Buffer.from(`${scope} ${table.length} ${column.length} ${table}${column}${record}`);
}
