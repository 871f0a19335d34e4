import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem, shown } from '#config/kind.ts';
import { parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { reservedName } from '#store/reserved-name.ts';
import { comparedForm, parseLocalSubject } from './local-entry.ts';
import { matchesPattern } from './matches-pattern.ts';

const description = 'a mail address or a pattern of mail addresses like "*.old@example.org"';

/** A trap as a person names it; a name that every domain must have is none (S-03). */
export const trapKind: Kind<string> = {
  description,
  read(value) {
    const subject = typeof value === 'string' ? parseLocalSubject(value.trim()) : undefined;
    if (subject?.kind === 'pattern') return ok(subject.value);
    const address = subject?.kind === 'address' ? parseAddress(subject.value, { smtpUtf8: true }) : undefined;
    if (subject === undefined || address?.ok !== true)
      return err(problem(`must be ${description}, not ${shown(value)}`));
    if (reservedName(address.value.local) !== undefined)
      return err(problem(`is a name that every domain must have, and no trap: ${shown(value)}`));
    return ok(subject.value);
  },
  fromText: (text) => text.trim(),
  write: (value) => value,
};

/** Whether mail for this address is mail to a trap; never for the reserved names, whatever a pattern says (S-03). */
export function isTrap(traps: readonly string[], address: Address): boolean {
  if (traps.length === 0 || reservedName(address.local) !== undefined) return false;
  const text = comparedForm(address);
  return traps.some((trap) => (trap.includes('*') ? matchesPattern(trap, text) : trap === text));
}
