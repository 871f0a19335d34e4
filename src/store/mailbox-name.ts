import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from './contract/trouble.ts';
import { beyondLimit, invalid } from './trouble.ts';

/** In UTF-8; our own bound, well above what clients make. */
export const mailboxNameBytesMax = 1_000;
export const mailboxLevelsMax = 32;
export const mailboxesMax = 10_000;
export const subscriptionsMax = 10_000;

/** C0, DEL and C1, line and paragraph separators, and what turns the direction of text (RFC 5198 §2; RFC 9051 §5.1). */
const forbidden = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** A name in its one spelling: NFC, INBOX as first level in exactly this case. */
export function parseMailboxName(text: string): Result<string, Trouble> {
  // Where nearly all mail goes.
  if (text === 'INBOX') return ok(text);
  const name = text.normalize('NFC');
  if (!name.isWellFormed() || forbidden.test(name)) return invalid('mailbox-name');
  if (Buffer.byteLength(name) > mailboxNameBytesMax) return beyondLimit('name-length', mailboxNameBytesMax);
  const levels = name.split('/');
  if (levels.some((level) => level === '')) return invalid('mailbox-name');
  if (levels.length > mailboxLevelsMax) return beyondLimit('levels', mailboxLevelsMax);
  const [first = '', ...rest] = levels;
  return ok([first.toUpperCase() === 'INBOX' ? 'INBOX' : first, ...rest].join('/'));
}

/** `a/b/c` → `a`, `a/b`. */
export function parentsOf(name: string): readonly string[] {
  const levels = name.split('/');
  return levels.slice(1).map((_, index) => levels.slice(0, index + 1).join('/'));
}

export function isBelow(name: string, ancestor: string): boolean {
  return name.startsWith(`${ancestor}/`);
}

/** By code units, as every backend can. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** What a rename does to the names of an account, decided before anything is written (RFC 9051 §6.3.6). */
export interface RenamePlan {
  /** Parents of the new name that do not exist yet, outermost first. */
  readonly create: readonly string[];
  /** Old and new name of the mailbox and all below it; of INBOX none, its messages move instead. */
  readonly rename: ReadonlyMap<string, string>;
}

export function planRename(
  names: ReadonlySet<string>,
  from: string,
  to: string,
): Result<RenamePlan, Trouble> {
  if (names.has(to)) return { ok: false, error: { code: 'exists', what: 'mailbox' } };
  if (isBelow(to, from)) return invalid('rename-below-itself');
  const create = parentsOf(to).filter((parent) => !names.has(parent));
  const below = from === 'INBOX' ? [] : [...names].filter((name) => name === from || isBelow(name, from));
  const rename = new Map(below.map((name) => [name, to + name.slice(from.length)]));
  for (const [old, renamed] of rename) {
    const parsed = parseMailboxName(renamed);
    if (!parsed.ok) return parsed;
    if (names.has(renamed) && old !== renamed)
      return { ok: false, error: { code: 'exists', what: 'mailbox' } };
  }
  return ok({ create, rename });
}
