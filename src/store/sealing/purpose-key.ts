import { hkdfSync } from 'node:crypto';
import type { AccountId } from '#base/id.ts';

/**
 * A key that seals what belongs to one purpose: one per account, one each for queue, directory, traces, counters and
 * settings (STORAGE §4). The master key only wraps these.
 */
export interface PurposeKey {
  /** `keyIdBytes` random bytes in hex; stored with every record it sealed, so that rotation can go record by record. */
  readonly id: string;
  /** `keyBytes` of chance. */
  readonly key: Uint8Array;
}

/** How a purpose key is kept: wrapped, with what may be done with it. */
export interface PurposeKeyRecord {
  readonly id: string;
  readonly purpose: string;
  readonly account: AccountId | undefined;
  readonly algorithm: typeof sealingAlgorithm;
  /** `active` seals and opens, `retired` only opens until rotation is through. */
  readonly state: 'active' | 'retired';
  readonly wrapped: Uint8Array;
  readonly createdAtMs: number;
}

export const sealingAlgorithm = 'hkdf-sha256+aes-256-gcm';

export const keyBytes = 32;
export const keyIdBytes = 8;

/** @param chance `keyIdBytes + keyBytes` random bytes */
export function makePurposeKey(chance: Uint8Array): PurposeKey {
  return {
    id: Buffer.from(chance.subarray(0, keyIdBytes)).toString('hex'),
    key: chance.slice(keyIdBytes, keyIdBytes + keyBytes),
  };
}

/** A key for one use of a purpose key that is not a record: keyed hashes, a pepper. 32 bytes. */
export function deriveKey(key: PurposeKey, label: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key.key, new Uint8Array(), `postern derive 1 ${label}`, keyBytes));
}
