import type { EventRow } from '../event-row.ts';

/** Connections and what ends them. */
export const connectionEvents = {
  'connection-opened': {
    level: 'info',
    meaning: 'A client connected and was let in.',
    fields: { client: 'client', listener: 'text', session: 'text' },
  },
  'connection-closed': {
    level: 'info',
    meaning: 'A connection ended; `reason` is who or what ended it.',
    fields: { client: 'client', listener: 'text', session: 'text', reason: 'text', durationMs: 'count?' },
  },
  'connection-limited': {
    level: 'notice',
    meaning:
      'A connection was refused because a limit was reached (P-29, P-30, P-31), or a rule of flow control denies it (`limit=rule`, I-92).',
    fields: { client: 'client', listener: 'text', limit: 'text', rule: 'text?' },
  },
  'connection-foreign': {
    level: 'notice',
    meaning: 'A client outside the networks that a listener is for was turned away without a word (S-01).',
    fields: { client: 'client', listener: 'text' },
  },
  'gateway-bypassed': {
    level: 'notice',
    meaning:
      'A client that is no gateway tried to reach a listener that only its gateways may (`gateway_only`), and was refused (I-59).',
    fields: { client: 'client', listener: 'text' },
  },
  'listener-trouble': {
    level: 'error',
    meaning: 'A listening socket is in trouble, as when the process is out of file descriptors.',
    fields: { listener: 'text', detail: 'text' },
  },
  'proxy-refused': {
    level: 'warning',
    meaning:
      'A connection to a listener behind a proxy did not come from one that is named, or its PROXY header was wrong; it was closed.',
    fields: { client: 'client', listener: 'text', why: 'text' },
  },
  'tls-failed': {
    level: 'notice',
    meaning: 'A TLS handshake with a client failed.',
    fields: { client: 'client', listener: 'text', session: 'text', detail: 'foreign' },
  },
  'plaintext-after-starttls': {
    level: 'warning',
    meaning: 'Bytes followed STARTTLS in the clear: a try at command injection; the connection was closed.',
    fields: { client: 'client', listener: 'text', session: 'text' },
  },
  'compression-damaged': {
    level: 'notice',
    meaning:
      'What an IMAP client sent after COMPRESS is no compressed stream, as when commands follow in the clear; the connection was closed.',
    fields: { client: 'client', listener: 'text', session: 'text', detail: 'text' },
  },
  'wrong-protocol': {
    level: 'notice',
    meaning:
      'The first line belongs to another protocol (HTTP on a mail port, a PROXY header where none is expected); the connection was closed.',
    fields: { client: 'client', listener: 'text', session: 'text', line: 'foreign' },
  },
  'session-bug': {
    level: 'error',
    meaning: 'Our own fault: a session threw. The connection was closed, the others go on. Please report it.',
    fields: { client: 'client?', listener: 'text', session: 'text?', detail: 'text' },
  },
  'protocol-errors': {
    level: 'notice',
    meaning: 'A client made more mistakes than a session is allowed, and was disconnected.',
    fields: { client: 'client', listener: 'text', session: 'text', errors: 'count' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;
