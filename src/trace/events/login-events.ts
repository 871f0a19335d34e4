import type { EventRow } from '../event-row.ts';

/** Log-ins, and who is banned. */
export const loginEvents = {
  'login-ok': {
    level: 'info',
    meaning: 'Somebody logged in.',
    fields: { client: 'client', listener: 'text', session: 'text', account: 'text', mechanism: 'text' },
  },
  'login-failed': {
    level: 'notice',
    meaning:
      'A login failed: unknown name, disabled account or wrong password (never told apart to the peer). `weight` is how much it counts: 0 for the same wrong password again, 0.3 from a known device (I-80).',
    fields: {
      client: 'client',
      listener: 'text',
      session: 'text',
      reason: 'text',
      mechanism: 'text',
      failures: 'count?',
      weight: 'count?',
      user: 'foreign?',
    },
  },
  'account-attacked': {
    level: 'warning',
    meaning:
      'Failed logins for one name passed the limit: strangers who ask for it are slowed, its own devices are not (I-80).',
    fields: { failures: 'count', user: 'foreign' },
  },
  'login-limited': {
    level: 'warning',
    meaning: 'Too many failed logins from an address, a network or for one account: refused without a look.',
    fields: { client: 'client', listener: 'text', session: 'text', limit: 'text', user: 'foreign?' },
  },
  'address-banned': {
    level: 'warning',
    meaning:
      'A client (or, by hand, a network) is not let in any more, on any listener, until then: for failed log-ins, refused connections, intrusion, or by an administrator. `count` and `users` are the evidence (I-80, I-83).',
    fields: {
      client: 'client',
      network: 'text',
      reason: 'text',
      until: 'text',
      strikes: 'count',
      count: 'count?',
      users: 'foreign?',
    },
  },
  'ban-lifted': {
    level: 'notice',
    meaning: 'An administrator lifted a ban.',
    fields: { client: 'client', network: 'text' },
  },
  'connection-banned': {
    level: 'info',
    meaning: 'Somebody who is banned tried to connect.',
    fields: { client: 'client', listener: 'text', network: 'text' },
  },
  'login-before-tls': {
    level: 'notice',
    meaning:
      'A login was tried on an unencrypted connection and refused (P-14, P-34): that password is exposed.',
    fields: { client: 'client', listener: 'text', session: 'text', command: 'text' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;
