import type { Random } from '#platform/random.ts';
import type { Result } from '#base/result.ts';
import { err } from '#base/result.ts';
import type { PurposeKey } from './purpose-key.ts';
import { saltBytes, sealedKeyId, sealRecord, unsealRecord } from './sealed-record.ts';
import type { RecordPlace, UnsealFailure } from './sealed-record.ts';

/** The column and row within a sealer's purpose and account. */
export type CellPlace = Pick<RecordPlace, 'table' | 'column' | 'record'>;

/** Seals and opens the cells of one purpose; opens what retired keys sealed as well. */
export interface RecordSealer {
  readonly keyId: string;
  seal(place: CellPlace, plain: Uint8Array): Uint8Array;
  open(place: CellPlace, sealed: Uint8Array): Result<Uint8Array, UnsealFailure>;
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
  const keys = new Map([active, ...retired].map((key) => [key.id, key]));
  const text = new TextDecoder();

  function seal(cell: CellPlace, plain: Uint8Array): Uint8Array {
    return sealRecord(active, { purpose, account, ...cell }, { plain, salt: random.bytes(saltBytes) });
  }

  function open(cell: CellPlace, sealed: Uint8Array): Result<Uint8Array, UnsealFailure> {
    const id = sealedKeyId(sealed);
    if (id === undefined) return err('damaged');
    const key = keys.get(id);
    return key === undefined ? err('unknown-key') : unsealRecord(key, { purpose, account, ...cell }, sealed);
  }

  return {
    keyId: active.id,
    seal,
    open,
    sealJson: (cell, value) => seal(cell, Buffer.from(JSON.stringify(value))),
    openJson(cell, sealed) {
      const plain = open(cell, sealed);
      return plain.ok ? { ok: true, value: JSON.parse(text.decode(plain.value)) as unknown } : plain;
    },
  };
}
