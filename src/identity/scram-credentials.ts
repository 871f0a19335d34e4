import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import type { Credentials } from '#store/contract/accounts.ts';

export type ScramCredentials = NonNullable<Credentials['scramSha256']>;

/** RFC 7677 §4 asks for at least 4,096; the client pays this at every login, too. */
export const scramIterations = 20_000;
export const scramSaltBytes = 16;
const keyBytes = 32;

/**
 * What the server keeps to check SCRAM-SHA-256 without the password (RFC 5802 §3).
 * @param password prepared with SASLprep
 */
export async function makeScramCredentials(
  password: string,
  salt: Uint8Array,
  iterations: number = scramIterations,
): Promise<ScramCredentials> {
  const salted = await saltedPassword(password, salt, iterations);
  return {
    salt: base64(salt),
    iterations,
    storedKey: base64(createHash('sha256').update(hmac(salted, 'Client Key')).digest()),
    serverKey: base64(hmac(salted, 'Server Key')),
  };
}

export function saltedPassword(password: string, salt: Uint8Array, iterations: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    pbkdf2(password, salt, iterations, keyBytes, 'sha256', (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

export function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/**
 * For a name that nobody has: the same salt at every try and after every restart, as a real account's would be, and
 * keys that no password leads to (RFC 5802 §9).
 * @param secret kept by the installation, at least 16 bytes
 */
export function fakeScramCredentials(name: string, secret: Uint8Array): ScramCredentials {
  return {
    salt: base64(hmac(secret, `scram salt ${name}`).subarray(0, scramSaltBytes)),
    iterations: scramIterations,
    storedKey: base64(hmac(secret, `scram stored ${name}`)),
    serverKey: base64(hmac(secret, `scram server ${name}`)),
  };
}
