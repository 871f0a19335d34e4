import type { EventRow } from '../event-row.ts';

/** What account holders and relays send, and what we report to others. */
export const sendingEvents = {
  'sending-limited': {
    level: 'warning',
    meaning:
      'An account or a relay entry sends more than it may in an hour or a day (`sending.…`, `relay.…`); the rest is put off (I-90). Unless somebody writes to many on purpose, a password or a machine is in wrong hands.',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      trace: 'text',
      status: 'text',
      limit: 'text',
      sender: 'text',
    },
  },
  'dmarc-report-sent': {
    level: 'info',
    meaning: 'A DMARC aggregate report about a domain that asks for it was put into the queue (I-47).',
    fields: { queue: 'text', about: 'text', messages: 'count' },
  },
  'dmarc-rows-dropped': {
    level: 'warning',
    meaning:
      'Messages that no DMARC report will tell of: more domains or kinds of messages than are counted apart (the rarest give way), or reports that could not be sent for three days (I-47).',
    fields: { messages: 'count' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;
