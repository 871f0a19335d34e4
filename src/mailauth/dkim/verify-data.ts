import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { DkimProblem } from './dkim-problem.ts';
import type { KeyLookUp } from './key-look-up.ts';
import type { KeyRecord } from './key-record.ts';
import type { PublicKeyCache } from './public-key-cache.ts';
import type { KeySignature } from './signature.ts';
import type { VerifySignature } from './verify-signature.ts';

/** Where keys come from, and what tries them. */
export interface KeySource {
  readonly lookUp: KeyLookUp;
  readonly cache: PublicKeyCache;
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
export async function verifyData(
  signature: KeySignature,
  data: string,
  keys: KeySource,
): Promise<Result<VerifiedData, DkimProblem>> {
  const found = await keys.lookUp.find(signature);
  if (!found.ok) return found;
  const record = found.value;
  if (!signature.algorithm.startsWith(`${record.type}-`)) {
    return err(new DkimProblem('key-type', 'the key is of another type than the signature'));
  }
  const read = keys.cache.read(record);
  if (!read.ok) return read;
  const { key, bits } = read.value;
  const claim = { algorithm: signature.algorithm, signature: signature.signature, key, bits };
  const intact = await keys.verify({ ...claim, data: Buffer.from(data, 'latin1') });
  return ok({ intact, record, bits });
}
