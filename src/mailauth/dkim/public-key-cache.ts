import type { KeyObject } from 'node:crypto';
import type { Result } from '#base/result.ts';
import type { DkimReason } from './dkim-outcome.ts';

/** A key that may verify. */
export interface PublicKey {
  readonly type: 'rsa' | 'ed25519';
  readonly key: KeyObject;
  /** Of the modulus; 256 for Ed25519. */
  readonly bits: number;
}

/** Public keys by what their records say, read once: reading one costs more than half a verification. */
export interface PublicKeyCache {
  /** @param p `p=` without white space */
  read(type: PublicKey['type'], p: string): Result<PublicKey, DkimReason>;
}
