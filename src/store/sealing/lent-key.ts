import type { Brand } from '#base/brand.ts';
import { makeRoom } from '#base/make-room.ts';
import type { Random } from '#platform/random.ts';
import type { PurposeKey } from './purpose-key.ts';
import { keySealing } from './sealed-record.ts';
import type { KeySealing } from './sealed-record.ts';

/**
 * A key on its way to the thread that seals with it: purpose, account's id or nothing, key's id, and the key in hex. One
 * text, for it goes with every record, and text travels between threads at a tenth of the cost of an object or of bytes.
 */
export type LentKey = Brand<string, 'LentKey'>;

export interface LentFor {
  readonly purpose: string;
  /** The account's id, or empty. */
  readonly account: string;
}

export function lendKey({ id, key }: PurposeKey, { purpose, account }: LentFor): LentKey {
  return [purpose, account, id, Buffer.from(key).toString('hex')].join(' ') as LentKey;
}

/** Sealings that are kept made; what went longest ago is made again. */
const keptMax = 256;

/**
 * Seals with the keys that come with each request, and opens nothing. Keys stay in memory until others push them out or the
 * server stops, those of erased accounts too: erasure is of what is stored.
 */
export function lentSealings(random: Random): (key: LentKey) => Pick<KeySealing, 'seal'> {
  const kept = new Map<LentKey, Pick<KeySealing, 'seal'>>();
  return (lent) => {
    const known = kept.get(lent);
    if (known !== undefined) return known;
    const { purpose, account, key } = readLentKey(lent);
    const { seal } = keySealing({ key, purpose, account, random });
    const sealing = { seal };
    makeRoom(kept, keptMax);
    kept.set(lent, sealing);
    return sealing;
  };
}

function readLentKey(lent: LentKey): LentFor & { readonly key: PurposeKey } {
  const [purpose = '', account = '', id = '', key = ''] = lent.split(' ');
  return { purpose, account, key: { id, key: new Uint8Array(Buffer.from(key, 'hex')) } };
}
