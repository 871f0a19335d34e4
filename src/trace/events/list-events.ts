import type { EventRow } from '../event-row.ts';

/** Lists, by DNS and of our own. */
export const listEvents = {
  'list-off': {
    level: 'warning',
    meaning:
      'A list by DNS is not asked any more: it lists everything, lacks its own test entry, refuses or does not answer (P-22). It is tried again within the hour.',
    fields: { list: 'text', reason: 'text' },
  },
  'list-on': {
    level: 'notice',
    meaning: 'A list by DNS that was not asked works again.',
    fields: { list: 'text' },
  },
  'list-file-trouble': {
    level: 'warning',
    meaning:
      'A file that lists read (`lists.zone_files`, `lists.network_files`) cannot be read or is of another kind; what was read from it before stays in use (P-24, I-33).',
    fields: { file: 'text', detail: 'text' },
  },
  'list-file-read': {
    level: 'notice',
    meaning: 'A file that lists read and that was in trouble is in use again.',
    fields: { file: 'text' },
  },
  'own-listing': {
    level: 'error',
    meaning:
      'One of our own addresses or domains stands on a list: others refuse our mail. Find out why (an account that sends spam, a form, a relay), end it, and ask the list at `at` to take it off (P-11).',
    fields: { list: 'text', subject: 'text', meanings: 'text', at: 'text?' },
  },
  'own-listing-ended': {
    level: 'notice',
    meaning: 'A list does not have one of our own addresses or domains any more.',
    fields: { list: 'text', subject: 'text' },
  },
  'blocklist-fed': {
    level: 'notice',
    meaning:
      'Traps, repeated offences or reports brought a client or a proven author onto the local block list for a while; `what` and `traces` are the evidence. "postern blocklist remove" takes it off, and keeps it off for 30 days (P-25).',
    fields: {
      client: 'client',
      entry: 'text',
      origin: 'text',
      count: 'count',
      until: 'text',
      what: 'text',
      traces: 'text?',
    },
  },
  'blocklist-spared': {
    level: 'notice',
    meaning:
      'A client would have come onto the local block list, but its network brings more wanted mail than unwanted, or that could not be told (P-25).',
    fields: { client: 'client', entry: 'text', origin: 'text' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;
