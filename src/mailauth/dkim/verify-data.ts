import { createHash, verify } from 'node:crypto';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { DkimProblem } from './dkim-problem.ts';
import type { KeyLookUp } from './key-look-up.ts';
import type { KeyRecord } from './key-record.ts';
import type { PublicKey, PublicKeyCache } from './public-key-cache.ts';
import type { KeySignature } from './signature.ts';

/** Where keys come from. */
export interface KeySource {
  readonly lookUp: KeyLookUp;
  readonly cache: PublicKeyCache;
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
  const key = keys.cache.read(record);
  if (!key.ok) return key;
  return ok({ intact: isIntact(signature, key.value, data), record, bits: key.value.bits });
}

/** About 40 µs for RSA of 2,048 bits: less than handing it to a thread. */
function isIntact({ algorithm, signature }: KeySignature, { key }: PublicKey, data: string): boolean {
  const bytes = Buffer.from(data, 'latin1');
  try {
    if (algorithm === 'rsa-sha256') return verify('sha256', bytes, key, signature);
    return verify(null, createHash('sha256').update(bytes).digest(), key, signature);
  } catch {
    // A signature that the library cannot even take apart.
    return false;
  }
}
