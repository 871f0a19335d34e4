import { andThen } from '#base/and-then.ts';
import { err, ok } from '#base/result.ts';
import type { Awaitable, Result } from '#base/result.ts';
import { DkimProblem } from './dkim-problem.ts';
import type { KeyLookUp } from './key-look-up.ts';
import type { KeyRecord } from './key-record.ts';
import type { PublishedKey } from './public-key-cache.ts';
import type { KeySignature } from './signature.ts';
import type { VerifySignature } from './verify-signature.ts';

/** Where keys come from, and what tries them. */
export interface KeySource {
  readonly lookUp: KeyLookUp;
  readonly verify: VerifySignature;
}

export interface VerifiedData {
  readonly intact: boolean;
  readonly record: KeyRecord;
  readonly bits: number;
}

/**
 * Whether the key that a signature names made it over `data` (RFC 6376 §6.1.2, §6.1.3; RFC 8463 §3).
 * @param data latin1 characters
 * @returns a problem where there is no key to try
 */
export function verifyData(
  signature: KeySignature,
  data: string,
  { lookUp, verify }: KeySource,
): Awaitable<Result<VerifiedData, DkimProblem>> {
  return andThen(lookUp.find(signature), (found) =>
    found.ok ? verifyWith(found.value, signature, { data, verify }) : found,
  );
}

function verifyWith(
  { record, key: read }: PublishedKey,
  { algorithm, signature }: KeySignature,
  { data, verify }: { readonly data: string; readonly verify: VerifySignature },
): Awaitable<Result<VerifiedData, DkimProblem>> {
  if (!algorithm.startsWith(`${record.type}-`)) {
    return err(new DkimProblem('key-type', 'the key is of another type than the signature'));
  }
  if (!read.ok) return read;
  const { key, bits } = read.value;
  const tried = verify({ algorithm, signature, key, bits, data: Buffer.from(data, 'latin1') });
  return andThen(tried, (intact) => ok({ intact, record, bits }));
}
