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

/** Seals with the keys that come with each request; nothing can be opened with what it remembers once they are gone from the key file. */
export function lentSealings(random: Random): (key: LentKey) => KeySealing {
  const kept = new Map<string, KeySealing>();
  return ({ purpose, account, id, key }) => {
    const name = `${purpose} ${account} ${id}`;
    const known = kept.get(name);
    if (known !== undefined) return known;
    const bytes = new Uint8Array(Buffer.from(key, 'hex'));
    const sealing = keySealing({ key: { id, key: bytes }, purpose, account, random });
    if (kept.size >= keptMax) for (const oldest of kept.keys().take(1)) kept.delete(oldest);
    kept.set(name, sealing);
    return sealing;
  };
}
