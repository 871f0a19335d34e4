import { makeRoom } from '#base/make-room.ts';
import type { Random } from '#platform/random.ts';
import type { PurposeKey } from './purpose-key.ts';
import { keySealing } from './sealed-record.ts';
import type { KeySealing } from './sealed-record.ts';

/** A key on its way to the thread that seals with it; plain data. */
export interface LentKey {
  readonly purpose: string;
  /** The account's id, or empty. */
  readonly account: string;
  readonly id: string;
  /** In hex: text travels between threads at a tenth of the cost of bytes. */
  readonly key: string;
}

export function lendKey(
  key: PurposeKey,
  { purpose, account }: Pick<LentKey, 'purpose' | 'account'>,
): LentKey {
  return { purpose, account, id: key.id, key: Buffer.from(key.key).toString('hex') };
}

/** Sealings that are kept made; what went longest ago is made again. */
const keptMax = 256;

/**
 * Seals with the keys that come with each request, and opens nothing. Keys stay in memory until others push them out or the
 * server stops, those of erased accounts too: erasure is of what is stored.
 */
export function lentSealings(random: Random): (key: LentKey) => Pick<KeySealing, 'seal'> {
  const kept = new Map<string, Pick<KeySealing, 'seal'>>();
  return ({ purpose, account, id, key }) => {
    const name = `${purpose} ${account} ${id}`;
    const known = kept.get(name);
    if (known !== undefined) return known;
    const bytes = new Uint8Array(Buffer.from(key, 'hex'));
    const { seal } = keySealing({ key: { id, key: bytes }, purpose, account, random });
    const sealing = { seal };
    makeRoom(kept, keptMax);
    kept.set(name, sealing);
    return sealing;
  };
}
