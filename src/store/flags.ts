import { ok, unreachable } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { keywordBitFirst, keywordsPerMailboxMax, systemFlags } from './contract/messages.ts';
import type { FlagChange } from './contract/messages.ts';
import type { Trouble } from './contract/trouble.ts';
import { beyondLimit, invalid } from './trouble.ts';

/** A list of flag names taken apart: bits of the system flags, names of the keywords without doubles. */
export interface ParsedFlags {
  readonly system: number;
  readonly keywords: readonly string[];
}

/** Our own bound; RFC 9051 knows none. */
export const keywordLengthMax = 100;

/** RFC 9051 §9 `flag-keyword`: an atom, so no space, control, `( ) { % * " \ ]`; plain ASCII. */
const keywordPattern = /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/;

const systemBits: ReadonlyMap<string, number> = new Map(
  Object.entries(systemFlags).map(([name, bit]) => [name.toLowerCase(), bit]),
);

export const systemFlagMask = (1 << keywordBitFirst) - 1;

/** Case-insensitive (RFC 9051 §2.3.2). `\Recent` is nobody's to set and is dropped; other unknown system flags are `invalid`. */
export function parseFlags(names: readonly string[]): Result<ParsedFlags, Trouble> {
  let system = 0;
  const keywords = new Map<string, string>();
  for (const name of names) {
    const folded = name.toLowerCase();
    const bit = systemBits.get(folded);
    if (bit !== undefined) system |= bit;
    else if (folded === '\\recent') continue;
    else if (!keywordPattern.test(name)) return invalid('flag');
    else if (name.length > keywordLengthMax) return beyondLimit('keyword-length', keywordLengthMax);
    else if (!keywords.has(folded)) keywords.set(folded, name);
  }
  return ok({ system, keywords: [...keywords.values()] });
}

/** The bit of a keyword in a mailbox's table; 0 if it is not there. */
export function keywordBit(table: readonly string[], keyword: string): number {
  const folded = keyword.toLowerCase();
  const index = table.findIndex((known) => known.toLowerCase() === folded);
  return index < 0 ? 0 : 1 << (keywordBitFirst + index);
}

/** The bits of the flags that exist; keywords that the mailbox does not know have none. */
export function knownFlagBits(flags: ParsedFlags, table: readonly string[]): number {
  return flags.keywords.reduce((bits, keyword) => bits | keywordBit(table, keyword), flags.system);
}

export interface PlacedFlags {
  readonly bits: number;
  /** The table with what was added. */
  readonly keywords: readonly string[];
  /** Keywords for which no bit was free. */
  readonly refused: readonly string[];
}

/**
 * The bits of these flags in a mailbox, new keywords entered in its table. When all 26 bits are named, one
 * that no message bears is named anew; its bearers from then on carry later MODSEQs, so no view is misled.
 * @param inUse the union of the flags of all messages of the mailbox; asked only when the table is full
 */
export function placeFlags(flags: ParsedFlags, table: readonly string[], inUse: () => number): PlacedFlags {
  const keywords = [...table];
  const refused: string[] = [];
  let bits = knownFlagBits(flags, keywords);
  for (const keyword of flags.keywords) {
    if (keywordBit(keywords, keyword) !== 0) continue;
    const index = keywords.length < keywordsPerMailboxMax ? keywords.length : freeIndex(inUse() | bits);
    if (index === undefined) refused.push(keyword);
    else {
      keywords[index] = keyword;
      bits |= 1 << (keywordBitFirst + index);
    }
  }
  return { bits, keywords, refused };
}

/** As `placeFlags`, but a keyword without a bit is trouble: the caller asked for it. */
export function placeFlagsOrTrouble(
  flags: ParsedFlags,
  table: readonly string[],
  inUse: () => number,
): Result<PlacedFlags, Trouble> {
  const placed = placeFlags(flags, table, inUse);
  return placed.refused.length > 0 ? beyondLimit('keywords', keywordsPerMailboxMax) : ok(placed);
}

/** One message's flags after a change (RFC 9051 §6.4.6). */
export function changeFlags(current: number, mode: FlagChange['mode'], bits: number): number {
  switch (mode) {
    case 'add':
      return current | bits;
    case 'remove':
      return current & ~bits;
    case 'replace':
      return bits;
    default:
      return unreachable(mode);
  }
}

/** Names for bits, system flags first. */
export function flagNames(bits: number, table: readonly string[]): readonly string[] {
  const system = Object.entries(systemFlags).filter(([, bit]) => (bits & bit) !== 0);
  const keywords = table.filter((_, index) => (bits & (1 << (keywordBitFirst + index))) !== 0);
  return [...system.map(([name]) => name), ...keywords];
}

function freeIndex(inUse: number): number | undefined {
  for (let index = 0; index < keywordsPerMailboxMax; index += 1) {
    if ((inUse & (1 << (keywordBitFirst + index))) === 0) return index;
  }
  return undefined;
}
