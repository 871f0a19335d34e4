import type { EventRow } from '../event-row.ts';

/** What account holders and relays send. */
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
} as const satisfies Readonly<Record<string, EventRow>>;
