import { compileListPattern } from '../grammar/list-pattern.ts';
import { decodeName } from '../grammar/mailbox-name.ts';
import type { NameCoding } from '../grammar/mailbox-name.ts';

/**
 * Does a name fit one of the patterns, each behind the reference name (RFC 9051 §6.3.9)? A pattern that is not in
 * the right coding fits nothing. INBOX is matched in any case.
 */
export function nameMatcher(
  request: { readonly reference: string; readonly patterns: readonly string[] },
  coding: NameCoding,
): (name: string) => boolean {
  const matchers = request.patterns
    .map((pattern) => decodeName(request.reference + pattern, coding))
    .filter((pattern) => pattern !== undefined)
    .map((pattern) => ({
      fits: compileListPattern(pattern),
      fitsInbox: compileListPattern(pattern.toUpperCase()),
    }));
  return (name) => matchers.some(({ fits, fitsInbox }) => (name === 'INBOX' ? fitsInbox(name) : fits(name)));
}
