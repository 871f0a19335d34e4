import type { Brand } from '#base/brand.ts';

/** 128-bit, time-ordered, never used twice; 26 Crockford base32 characters (CONTRACTS §4). */
export type QueueId = Brand<string, 'QueueId'>;
export type TraceId = Brand<string, 'TraceId'>;
export type AccountId = Brand<string, 'AccountId'>;
export type MailboxId = Brand<string, 'MailboxId'>;
export type BlobId = Brand<string, 'BlobId'>;

export type AnyId = QueueId | TraceId | AccountId | MailboxId | BlobId;

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const idPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/**
 * Makes an id from 48 bits of time and 80 bits of chance, so that ids sort by their time.
 * @param nowMs milliseconds since 1970
 * @param random 10 bytes of chance
 */
export function makeId<T extends AnyId>(nowMs: number, random: Uint8Array): T {
  let time = Math.floor(nowMs);
  const head: string[] = [];
  for (let i = 0; i < 10; i += 1) {
    head.push(alphabet.charAt(time % 32));
    time = Math.floor(time / 32);
  }
  let text = head.reverse().join('');
  let bits = 0;
  let value = 0;
  for (let i = 0; i < 10; i += 1) {
    value = (value << 8) | (random[i] ?? 0);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((value >>> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return text as T;
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
