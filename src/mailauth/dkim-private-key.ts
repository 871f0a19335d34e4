import { createHash, createPrivateKey, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { DkimKey } from '#store/contract/accounts.ts';

/** Signs data with one key, whatever its algorithm does to it first. */
export type SignData = (data: Uint8Array) => Promise<Uint8Array>;

const signAside = promisify(sign);

/** Reads a private key once, for many signatures. Throws on one that cannot be read: keys are ours. */
export function readPrivateKey(key: DkimKey): SignData {
  const privateKey = createPrivateKey(key.privateKey);
  // An RSA signature takes a millisecond, one by Ed25519 a tenth, and handing either to a thread a fiftieth.
  if (key.algorithm === 'rsa-sha256') return (data) => signAside('sha256', data, privateKey);
  // RFC 8463 §3: Ed25519 signs the SHA-256 of what RSA hashes by itself.
  return (data) => signAside(null, createHash('sha256').update(data).digest(), privateKey);
}
