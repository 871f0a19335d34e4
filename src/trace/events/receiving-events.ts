import type { EventRow } from '../event-row.ts';

/** Mail that comes in, and what is refused. */
export const receivingEvents = {
  smuggling: {
    level: 'warning',
    meaning: 'A body held a bare CR, bare LF or NUL, as SMTP smuggling does; refused, connection closed.',
    fields: { client: 'client', listener: 'text', session: 'text', what: 'text', trace: 'text?' },
  },
  'relay-refused': {
    level: 'notice',
    meaning: 'A client that may not relay asked for a recipient that is not ours (P-09).',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      form: 'text',
      trace: 'text',
      recipient: 'foreign',
    },
  },
  'recipient-refused': {
    level: 'info',
    meaning: 'A recipient of ours was refused or put off: unknown, full, or unreachable just now.',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      status: 'text',
      trace: 'text',
      recipient: 'foreign',
    },
  },
  'sender-refused': {
    level: 'notice',
    meaning: 'An account tried to send as somebody else (P-13).',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      where: 'text',
      trace: 'text',
      sender: 'foreign',
    },
  },
  'attempt-refused': {
    level: 'info',
    meaning: 'A command or a whole message was refused; the trace says by what and why.',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      check: 'text',
      status: 'text',
      trace: 'text',
    },
  },
  'message-accepted': {
    level: 'info',
    meaning:
      'A message is in the queue, durable; from here on nothing may lose it. `action` is `quarantine` where it goes to Junk.',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      queue: 'text',
      trace: 'text',
      action: 'text',
      recipients: 'count',
      sizeBytes: 'count',
      ms: 'count',
      account: 'text?',
    },
  },
  'message-discarded': {
    level: 'notice',
    meaning:
      'A message was taken and thrown away, because an administrator set the check `by` to discard (I-32); its sender hears nothing of it.',
    fields: { client: 'client', listener: 'text', session: 'text', trace: 'text', by: 'text' },
  },
  'dmarc-report': {
    level: 'info',
    meaning:
      'Mail to the address for DMARC reports was read: `kept`, `known`, `refused` or `unread`, and why (I-46). It is delivered all the same.',
    fields: { what: 'text', trace: 'text', reporter: 'text?', domain: 'text?', detail: 'foreign?' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;
