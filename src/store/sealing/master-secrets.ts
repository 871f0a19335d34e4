import { createHmac } from 'node:crypto';
import { err } from '#base/result.ts';
import type { Random } from '#platform/random.ts';
import type { Secrets } from '#platform/secrets.ts';
import { keyBytes, keyIdBytes } from './purpose-key.ts';
import type { PurposeKey } from './purpose-key.ts';
import { keySealing } from './sealed-record.ts';
import type { CellPlace } from './sealed-record.ts';

/** Wraps purpose keys under a master key. The purpose text names what the wrapped key is for, its id included. */
export function masterSecrets(master: Uint8Array, random: Random): Secrets {
  if (master.length !== keyBytes) throw new Error('a master key has 32 bytes');
  const key: PurposeKey = { id: masterKeyId(master), key: master.slice() };
  const sealing = keySealing({ key, purpose: 'wrap', account: '', random });
  const place = (purpose: string): CellPlace => ({ table: 'key', column: 'wrapped', record: purpose });
  return {
    masterKeyId: key.id,
    wrap: (purpose, plain) => sealing.seal(place(purpose), plain),
    unwrap(purpose, wrapped) {
      const plain = sealing.open(place(purpose), wrapped);
      return plain.ok ? plain : err('wrong-key');
    },
  };
}

/** Tells one master key from another and nothing else of it. */
export function masterKeyId(master: Uint8Array): string {
  return createHmac('sha256', master)
    .update('postern master key id 1')
    .digest()
    .subarray(0, keyIdBytes)
    .toString('hex');
}
