import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readOnce } from '#base/read-once.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import {
  keyRecordKeptCharsMax,
  publicKeysKeptMax,
  rsaBitsMax,
  rsaBitsMin,
  rsaExponentMax,
} from './bounds.ts';
import { DkimProblem } from './dkim-problem.ts';
import { readKeyRecord } from './key-record.ts';
import type { KeyRecord } from './key-record.ts';

/** A key that may verify. */
export interface PublicKey {
  readonly key: KeyObject;
  /** Of the modulus; 256 for Ed25519. */
  readonly bits: number;
}

/** A key record that can be used, and the key in it as far as it is one. */
export interface PublishedKey {
  readonly record: KeyRecord;
  readonly key: Result<PublicKey, DkimProblem>;
}

/** Key records by their text, read once: reading one costs more than verifying with its key. */
export interface PublicKeyCache {
  read(text: string): Result<PublishedKey, DkimProblem>;
}

/** @param keptMax the key that was read longest ago goes first */
export function createPublicKeyCache(keptMax = publicKeysKeptMax): PublicKeyCache {
  return { read: readOnce(readPublishedKey, { entriesMax: keptMax, charsMax: keyRecordKeptCharsMax }) };
}

function readPublishedKey(text: string): Result<PublishedKey, DkimProblem> {
  const record = readKeyRecord(text);
  if (!record.ok) return record;
  const { type, p } = record.value;
  return ok({ record: record.value, key: type === 'rsa' ? readRsa(p) : readEd25519(p) });
}

const base64Pattern = /^[A-Za-z0-9+/]+={0,2}$/;

/** SubjectPublicKeyInfo, as everyone publishes it, or RSAPublicKey, as RFC 6376 §3.6.1 has it. */
function readRsa(p: string): Result<PublicKey, DkimProblem> {
  if (!base64Pattern.test(p)) return unreadable();
  const der = Buffer.from(p, 'base64');
  const key = fromDer(der, 'spki') ?? fromDer(der, 'pkcs1');
  const { modulusLength: bits = 0, publicExponent = 0n } = key?.asymmetricKeyDetails ?? {};
  if (key?.asymmetricKeyType !== 'rsa') return unreadable();
  if (bits < rsaBitsMin) {
    return err(new DkimProblem('key-too-short', `an RSA key below ${rsaBitsMin} bits does not count`));
  }
  if (bits > rsaBitsMax) {
    return err(new DkimProblem('key-too-long', `an RSA key above ${rsaBitsMax} bits is not tried`));
  }
  // An exponent of 1 lets everyone sign; a long one makes verifying as dear as signing.
  if (publicExponent < 3n || publicExponent > rsaExponentMax) {
    return err(new DkimProblem('key-exponent', 'the exponent of the RSA key is not one in use'));
  }
  return ok({ key, bits });
}

function fromDer(der: Buffer, type: 'spki' | 'pkcs1'): KeyObject | undefined {
  try {
    return createPublicKey({ key: der, format: 'der', type });
  } catch {
    return undefined;
  }
}

/** The bare 32 octets (RFC 8463 §4). */
function readEd25519(p: string): Result<PublicKey, DkimProblem> {
  const bytes = base64Pattern.test(p) ? Buffer.from(p, 'base64') : Buffer.alloc(0);
  if (bytes.length !== 32) return unreadable();
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') };
    return ok({ key: createPublicKey({ key: jwk, format: 'jwk' }), bits: 256 });
  } catch {
    return unreadable();
  }
}

function unreadable(): Result<never, DkimProblem> {
  return err(new DkimProblem('key-syntax', 'the key cannot be read'));
}
