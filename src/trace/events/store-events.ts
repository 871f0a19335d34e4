import type { EventRow } from '../event-row.ts';

/** The store, and trouble with the disk. */
export const storeEvents = {
  'account-fenced': {
    level: 'error',
    meaning: "An account's file is out of use after a failed sync or damage; its mail waits in the queue.",
    fields: { account: 'text', file: 'text', detail: 'text' },
  },
  'mailbox-recounted': {
    level: 'error',
    meaning:
      'A mailbox did not hold as many messages as its count said; it was counted anew and is in use. Please report it.',
    fields: { account: 'text', mailbox: 'text', said: 'count', found: 'count' },
  },
  'traces-lost': {
    level: 'error',
    meaning:
      'The file of traces and counters was missing or empty, and was begun anew: what they told is lost, no mail is.',
    fields: {},
  },
  'body-unreadable': {
    level: 'error',
    meaning:
      'The file of a large message is missing or damaged. It cannot be read and text searches pass over it; told once.',
    fields: { account: 'text', file: 'text', detail: 'text' },
  },
  'account-restored': {
    level: 'notice',
    meaning: "A fenced account's file was reopened and is in use again.",
    fields: { account: 'text', file: 'text' },
  },
  'store-trouble': {
    level: 'error',
    meaning: 'A store operation met trouble of the world: what was being done, and what came of it.',
    fields: { code: 'text', what: 'text', detail: 'text' },
  },
  'records-dropped': {
    level: 'error',
    meaning:
      'So many traces or counters waited for the disk that the oldest were let go; mail itself is not concerned.',
    fields: { what: 'text', records: 'count' },
  },
  'disk-full': {
    level: 'error',
    meaning: 'The reserve of disk is reached: new mail is put off with 452, deletions still work.',
    fields: { detail: 'text' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;
