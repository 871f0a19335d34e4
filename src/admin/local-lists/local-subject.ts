import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem, shown } from '#config/kind.ts';
import { parseLocalSubject } from '#policy/local-lists/local-entry.ts';
import type { LocalSubject } from '#policy/local-lists/local-entry.ts';

const description =
  'an address or network like "192.0.2.0/24", the number of a network like "AS64496", a country like "country:DE", a domain like "example.org" with all below it, a mail address, or a pattern of mail addresses like "*@*.example"';

/** What an entry of the block or allow list is about, as a person types it. */
export const localSubjectKind: Kind<LocalSubject> = {
  description,
  read(value) {
    const subject = typeof value === 'string' ? parseLocalSubject(value.trim()) : undefined;
    return subject === undefined ? err(problem(`must be ${description}, not ${shown(value)}`)) : ok(subject);
  },
  fromText: (text) => text,
  write: ({ value }) => value,
};
