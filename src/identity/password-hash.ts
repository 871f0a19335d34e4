import { argon2, timingSafeEqual } from 'node:crypto';

/** OWASP's first choice of 2024: 19 MiB, two passes, one lane (DESIGN §7). */
export const argon2Cost = { memoryKiB: 19_456, passes: 2, lanes: 1 } as const;

/** RFC 9106 §3.1. */
export const passwordSaltBytes = 16;
const hashBytes = 32;
/** What a stored hash may ask of us, should somebody bring one from elsewhere. */
const memoryKiBMax = 262_144;
const passesMax = 16;
const lanesMax = 8;

interface Phc {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/**
 * Hashes a prepared password; a PHC string `$argon2id$v=19$m=19456,t=2,p=1$salt$hash` (RFC 9106).
 * @param salt 16 bytes of chance
 */
export async function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  const empty = Buffer.alloc(hashBytes);
  return formatPhc(salt, await derive(password, { ...argon2Cost, salt: Buffer.from(salt), hash: empty }));
}

/** Compares in constant time; false also for a hash that cannot be read. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const phc = parsePhc(stored);
  if (phc === undefined) return false;
  const hash = await derive(password, phc);
  return timingSafeEqual(hash, phc.hash);
}

const phcPattern =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

function parsePhc(text: string): Phc | undefined {
  const match = phcPattern.exec(text);
  if (match === null) return undefined;
  const [, m = '', t = '', p = '', salt = '', hash = ''] = match;
  const [memoryKiB, passes, lanes] = [Number(m), Number(t), Number(p)];
  if (memoryKiB > memoryKiBMax || passes > passesMax || lanes > lanesMax || memoryKiB < 8 * lanes)
    return undefined;
  if (passes < 1 || lanes < 1) return undefined;
  return { memoryKiB, passes, lanes, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

function derive(password: string, phc: Phc): Promise<Buffer> {
  const parameters = {
    message: password,
    nonce: phc.salt,
    parallelism: phc.lanes,
    tagLength: phc.hash.byteLength,
    memory: phc.memoryKiB,
    passes: phc.passes,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}

/** PHC strings carry base64 without padding. */
function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

/** A hash that nobody knows a password of, so that unknown names cost what known ones do. */
export function makeDummyHash(salt: Uint8Array, hash: Uint8Array): string {
  return formatPhc(salt, hash);
}

function formatPhc(salt: Uint8Array, hash: Uint8Array): string {
  const { memoryKiB, passes, lanes } = argon2Cost;
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(hash)}`;
}
