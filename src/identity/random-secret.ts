import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '#platform/random.ts';

/** Bits of chance in a one-time link, twice what nobody can guess (CONTRACTS §1 asks for 128), and in a session's id. */
export const secretBytes = 32;

/** A secret as it can stand in a link or a cookie: 43 characters, 256 bits. */
export function randomSecret(random: Random): string {
  return Buffer.from(random.bytes(secretBytes)).toString('base64url');
}

/**
 * What is kept of a secret: whoever reads the memory of the server, or a dump of it, cannot use it. So much chance needs
 * no salt and no slow hash.
 */
export function secretDigest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** In the same time whatever they have in common. */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(Buffer.from(secretDigest(given)), Buffer.from(secretDigest(secret)));
}
