import type { EventRow } from '../event-row.ts';

/** The server itself. */
export const serverEvents = {
  'clock-jumped': {
    level: 'warning',
    meaning: 'The wall clock jumped: every queued message gets one more attempt before it expires (S-12).',
    fields: { byMs: 'count' },
  },
  'server-started': {
    level: 'notice',
    meaning: 'Everything listens.',
    fields: { version: 'text', listeners: 'count', ms: 'count' },
  },
  'server-stopping': {
    level: 'notice',
    meaning: 'The server stops: open sessions are said goodbye.',
    fields: { reason: 'text' },
  },
  'certificate-loaded': {
    level: 'notice',
    meaning: 'A certificate was read, at start or because its files changed.',
    fields: { file: 'text', names: 'text', sha256: 'text', expires: 'text' },
  },
  'certificate-problem': {
    level: 'error',
    meaning: 'A certificate cannot be used; the one read before stays in use.',
    fields: { file: 'text', detail: 'text' },
  },
  'setting-changed': {
    level: 'notice',
    meaning: 'An administrator changed a setting.',
    fields: { setting: 'text', by: 'text' },
  },
  'authentication-thread-lost': {
    level: 'warning',
    meaning:
      'The thread that judges DKIM and DMARC of much mail broke or took too long, and was ended; the thread of the connections judges it meanwhile.',
    fields: { detail: 'text', restsMs: 'count' },
  },
  'policy-stage-stopped': {
    level: 'warning',
    meaning:
      'Settings on trial kept out more mail than they may, or mail that the allow list names: they were taken back, and hold for no mail any more (N-3).',
    fields: { trial: 'text', keptOut: 'count', staged: 'count', reason: 'text' },
  },
  'refusals-not-kept': {
    level: 'notice',
    meaning:
      'One network was refused so often in a minute that only its first attempts have traces of their own; `trace` stands for the others (S-09).',
    fields: { client: 'client', check: 'text', attempts: 'count', trace: 'text' },
  },
  'traces-expired': {
    level: 'info',
    meaning:
      'Decision traces older, or of refused attempts more, than may be kept were deleted (S-09, S-11).',
    fields: { traces: 'count' },
  },
  administration: {
    level: 'notice',
    meaning:
      'An administrator did something: one operation, one entry. By `web`, `client` is where the browser is and `session` names who is signed in there.',
    fields: { operation: 'text', by: 'text', target: 'text?', client: 'client?', session: 'text?' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;
