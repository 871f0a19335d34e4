import type { EventRow } from '../event-row.ts';

/** Signs of intrusion (I-87). */
export const intrusionEvents = {
  'connection-silent': {
    level: 'info',
    meaning: 'A client connected and left without a word.',
    fields: { client: 'client', listener: 'text', session: 'text' },
  },
  'intrusion-scan': {
    level: 'warning',
    meaning:
      'A client looks at ports: it connects and says nothing, speaks other protocols, fails at TLS, or speaks before it is greeted. `count` signs within ten minutes (I-87).',
    fields: { client: 'client', listener: 'text', count: 'count' },
  },
  'intrusion-enumeration': {
    level: 'warning',
    meaning:
      'A client tries names: of recipients that are unknown, or of accounts. `count` signs within ten minutes (I-87).',
    fields: { client: 'client', listener: 'text', count: 'count' },
  },
  'intrusion-smuggling': {
    level: 'warning',
    meaning:
      'A client sent line ends or bytes behind STARTTLS that make one command two, again and again. `count` signs within ten minutes (I-87).',
    fields: { client: 'client', listener: 'text', count: 'count' },
  },
  'intrusion-relay': {
    level: 'warning',
    meaning: 'A client tries to relay, again and again. `count` signs within ten minutes (I-87).',
    fields: { client: 'client', listener: 'text', count: 'count' },
  },
  'intrusion-anomaly': {
    level: 'warning',
    meaning:
      'A client sends what is no command, or logs in where nobody does, again and again. `count` signs within ten minutes (I-87).',
    fields: { client: 'client', listener: 'text', count: 'count' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;
