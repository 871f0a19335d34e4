import type { Random } from '#platform/random.ts';
import type { Result } from '#base/result.ts';
import type { PurposeKey } from './purpose-key.ts';
import { keySealing, sealedKeyId } from './sealed-record.ts';
import type { CellPlace, KeySealing, UnsealFailure } from './sealed-record.ts';

/** Seals and opens the cells of one purpose; opens what retired keys sealed as well. */
export interface RecordSealer extends KeySealing {
  readonly keyId: string;
  sealJson(place: CellPlace, value: unknown): Uint8Array;
  openJson(place: CellPlace, sealed: Uint8Array): Result<unknown, UnsealFailure>;
}

export interface SealerOptions {
  readonly purpose: string;
  readonly account?: string;
  readonly active: PurposeKey;
  readonly retired?: readonly PurposeKey[];
  readonly random: Random;
}

export function recordSealer({
  purpose,
  account = '',
  active,
  retired = [],
  random,
}: SealerOptions): RecordSealer {
  const sealingOf = (key: PurposeKey): KeySealing => keySealing({ key, purpose, account, random });
  const first = sealingOf(active);
  const others = new Map(retired.map((key): [string, Pick<KeySealing, 'open'>] => [key.id, sealingOf(key)]));
  const text = new TextDecoder();

  function open(place: CellPlace, sealed: Uint8Array): Result<Uint8Array, UnsealFailure> {
    const opened = first.open(place, sealed);
    if (opened.ok || opened.error !== 'unknown-key') return opened;
    const id = sealedKeyId(sealed);
    return (id === undefined ? undefined : others.get(id)?.open(place, sealed)) ?? opened;
  }

  return {
    keyId: active.id,
    seal: first.seal,
    open,
    sealJson: (place, value) => first.seal(place, Buffer.from(JSON.stringify(value))),
    openJson(place, sealed) {
      const plain = open(place, sealed);
      return plain.ok ? { ok: true, value: JSON.parse(text.decode(plain.value)) as unknown } : plain;
    },
  };
}
