import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';

export type PrepProblem = 'empty' | 'too-long' | 'forbidden-character' | 'mixed-direction';

/** Octets of UTF-8; no honest password is longer, and hashing must stay cheap to refuse (S-09). */
export const preparedBytesMax = 1024;

/** RFC 3454 table C.1.2: spaces that become the one space. */
const oddSpaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
/** RFC 3454 table B.1: what shows nothing and is left out. */
const nothings = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;
/** RFC 4013 §2.3: controls, private use, non-characters, surrogates, tags, what changes display. */
const forbidden =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u06dd\u070f\u180e\u2028\u2029\u200e\u200f\u202a-\u202e\u206a-\u206f\u2ff0-\u2ffb\ufff9-\ufffd\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;
const rightToLeft = /[\u05be\u05c0\u05c3\u05d0-\u05f4\u0600-\u07bf\ufb1d-\ufdff\ufe70-\ufefc]/;
const leftToRight = /[A-Za-z\u00aa\u00b5\u00ba\u00c0-\u02b8\u0370-\u0588\u0900-\u1fff]/;

/**
 * Prepares a user name or password, so that the same letters are the same bytes whatever typed them: SASLprep
 * (RFC 4013), which SCRAM names (RFC 5802 §2.2), with the unassigned code points of today's Unicode allowed
 * as OpaqueString does (RFC 8265 §4.2).
 */
export function saslprep(text: string): Result<string, PrepProblem> {
  if (text === '') return err('empty');
  if (text.length > preparedBytesMax) return err('too-long');
  if (!text.isWellFormed()) return err('forbidden-character');
  const prepared = text.replaceAll(oddSpaces, ' ').replaceAll(nothings, '').normalize('NFKC');
  if (prepared === '') return err('empty');
  if (Buffer.byteLength(prepared) > preparedBytesMax) return err('too-long');
  if (forbidden.test(prepared)) return err('forbidden-character');
  return mixesDirections(prepared) ? err('mixed-direction') : ok(prepared);
}

/** RFC 3454 §6: a right-to-left text begins and ends so, and holds nothing that runs the other way. */
function mixesDirections(text: string): boolean {
  if (!rightToLeft.test(text)) return false;
  const characters = Array.from(text);
  const ends = [characters[0] ?? '', characters.at(-1) ?? ''];
  return leftToRight.test(text) || !ends.every((character) => rightToLeft.test(character));
}
