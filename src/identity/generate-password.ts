import type { Random } from '#platform/random.ts';

/** 32 characters that are hardly mistaken for each other (no l, o, 0 or 1): 5 bits each. */
const alphabet = '23456789abcdefghijkmnpqrstuvwxyz';
const groups = 7;
const groupLength = 4;

/** A password of 140 bits as people can read it aloud: `k7fw-…` (CONTRACTS §1 asks for 128). */
export function generatePassword(random: Random): string {
  const bytes = random.bytes(groups * groupLength);
  const characters = Array.from(bytes, (byte) => alphabet.charAt(byte & 31));
  const words = Array.from({ length: groups }, (_, group) =>
    characters.slice(group * groupLength, (group + 1) * groupLength).join(''),
  );
  return words.join('-');
}
