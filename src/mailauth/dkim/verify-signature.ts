import { hash, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Awaitable } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import { Deadlines } from '#platform/deadlines.ts';
import { asideMs, rsaBitsCheap, verifiedAsideMax } from './bounds.ts';
import type { KeySignature } from './signature.ts';

/** A signature, the key that is said to have made it, and over what. */
export interface SignatureClaim extends Pick<KeySignature, 'algorithm' | 'signature'> {
  readonly key: KeyObject;
  /** Of an RSA modulus. */
  readonly bits: number;
  readonly data: Uint8Array;
}

/** Whether it is so. Never throws or rejects: what the library cannot even take apart is no signature. */
export type VerifySignature = (claim: SignatureClaim) => Awaitable<boolean>;

/** On the thread that asks, at once. RSA of 2,048 bits takes about 40 µs, Ed25519 five times that. */
export function verifyHere({ algorithm, signature, key, data }: SignatureClaim): boolean {
  try {
    return verify(digestOf(algorithm), signedOctets(algorithm, data), key, signature);
  } catch {
    return false;
  }
}

interface AsideParts {
  readonly clock: Clock;
  readonly atOnceMax?: number;
  readonly aside?: (claim: SignatureClaim) => Promise<boolean>;
}

/**
 * What is dear, on the threads that Node keeps for such work, which takes this one 20 µs whatever the key; not RSA of the
 * usual length, which costs hardly more here, and less in all. They hash passwords too: what is not done in time, and
 * what would be one too many, is verified here, so that the answer is always the same. One for the process.
 */
export function createVerifierAside({
  clock,
  atOnceMax = verifiedAsideMax,
  aside = verifyAside,
}: AsideParts): VerifySignature {
  const deadlines = new Deadlines(clock);
  let underWay = 0;
  const begin = async (claim: SignatureClaim): Promise<boolean> => {
    underWay += 1;
    const isIntact = await aside(claim);
    underWay -= 1;
    return isIntact;
  };
  const verifyInTime = async (claim: SignatureClaim): Promise<boolean> => {
    const dueMs = clock.monotonic() + asideMs;
    const said = await deadlines.within<boolean | undefined>(begin(claim), dueMs, undefined);
    return said ?? verifyHere(claim);
  };
  return (claim) => (underWay >= atOnceMax || isCheap(claim) ? verifyHere(claim) : verifyInTime(claim));
}

function isCheap({ algorithm, bits }: SignatureClaim): boolean {
  return algorithm === 'rsa-sha256' && bits <= rsaBitsCheap;
}

function verifyAside({ algorithm, signature, key, data }: SignatureClaim): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      verify(digestOf(algorithm), signedOctets(algorithm, data), key, signature, (error, isIntact) =>
        resolve(error === null && isIntact),
      );
    } catch {
      resolve(false);
    }
  });
}

function digestOf(algorithm: SignatureClaim['algorithm']): 'sha256' | null {
  return algorithm === 'rsa-sha256' ? 'sha256' : null;
}

/** RFC 8463 §3: Ed25519 signs the SHA-256 of what RSA hashes by itself. */
function signedOctets(algorithm: SignatureClaim['algorithm'], data: Uint8Array): Uint8Array {
  return algorithm === 'rsa-sha256' ? data : hash('sha256', data, 'buffer');
}
