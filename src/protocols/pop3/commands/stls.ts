import { mistake } from '../command.ts';
import type { GuestRow } from '../command.ts';

/** RFC 2595 §4 (I-16, C-3). What was known before is forgotten, what followed in the clear closes the connection. */
export const stls: GuestRow = {
  name: 'STLS',
  state: 'guest',
  takes: [0, 0],
  capability: ({ mayStartTls }) => (mayStartTls ? ['STLS'] : []),
  run: ({ mayStartTls }) => (mayStartTls ? { kind: 'tls' } : mistake('TLS is active or not offered here')),
};
