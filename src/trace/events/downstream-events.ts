import type { EventRow } from '../event-row.ts';

/** The server behind this one. */
export const downstreamEvents = {
  'downstream-silent': {
    level: 'warning',
    meaning:
      'The server behind this one, which has the mailboxes of a domain, could not be asked whether an address exists: mail for the domain is put off, or taken unasked, by `downstream.unreachable` (I-88). Told at most once in half a minute.',
    fields: { domain: 'text', host: 'text', detail: 'foreign' },
  },
  'downstream-catch-all': {
    level: 'notice',
    meaning:
      'The server behind this one takes mail for any address of a domain, also for one that was just made up: it cannot be used to refuse unknown recipients (I-88).',
    fields: { domain: 'text', host: 'text' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;
