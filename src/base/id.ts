import type { Brand } from '#base/brand.ts';

/** 128-bit, time-ordered, never used twice; 26 Crockford base32 characters (CONTRACTS §4). */
export type QueueId = Brand<string, 'QueueId'>;
export type TraceId = Brand<string, 'TraceId'>;
export type AccountId = Brand<string, 'AccountId'>;
export type MailboxId = Brand<string, 'MailboxId'>;
export type BlobId = Brand<string, 'BlobId'>;

export type AnyId = QueueId | TraceId | AccountId | MailboxId | BlobId;

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const pairs = Array.from(alphabet, (first) => Array.from(alphabet, (second) => first + second)).flat();
const idPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/**
 * Makes an id from 48 bits of time and 80 bits of chance, so that ids sort by their time.
 * @param nowMs milliseconds since 1970
 * @param random 10 bytes of chance
 */
export function makeId<T extends AnyId>(nowMs: number, random: Uint8Array): T {
  const time = Math.floor(nowMs);
  const head = quintet(Math.floor(time / 2 ** 25)) + quintet(time % 2 ** 25);
  // Joined it is in one piece: JSON of a record with a text that is not takes V8 twice as long.
  return [head, octet(random, 0), octet(random, 5)].join('') as T;
}

/** The last 25 bits as five characters. */
function quintet(bits: number): string {
  return pair(bits >>> 15) + pair(bits >>> 5) + alphabet.charAt(bits & 31);
}

/** Five bytes as eight characters. */
function octet(bytes: Uint8Array, from: number): string {
  const a = bytes[from] ?? 0;
  const b = bytes[from + 1] ?? 0;
  const c = bytes[from + 2] ?? 0;
  const d = bytes[from + 3] ?? 0;
  const e = bytes[from + 4] ?? 0;
  return (
    pair((a << 2) | (b >>> 6)) + pair((b << 4) | (c >>> 4)) + pair((c << 6) | (d >>> 2)) + pair((d << 8) | e)
  );
}

/** The last 10 bits. */
function pair(bits: number): string {
  return pairs[bits & 1023] ?? '';
}

/** Reads an id back; letters in any case. `undefined` if it is none. */
export function parseId<T extends AnyId>(text: string): T | undefined {
  const upper = text.toUpperCase();
  return idPattern.test(upper) ? (upper as T) : undefined;
}

/** The time an id was made, in milliseconds since 1970. */
export function idTimeMs(id: AnyId): number {
  let time = 0;
  for (let i = 0; i < 10; i += 1) time = time * 32 + alphabet.indexOf(id.charAt(i));
  return time;
}
