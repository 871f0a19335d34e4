import type { Event } from '#trace/events.ts';

/** What an attack on a mail server looks like from inside (I-87). */
export const intrusionKinds = ['scan', 'enumeration', 'smuggling', 'relay', 'anomaly'] as const;
export type IntrusionKind = (typeof intrusionKinds)[number];

/** Signs of one client within ten minutes that make it an event: more than an honest one gives by mischance. */
export const intrusionSignsMax: Readonly<Record<IntrusionKind, number>> = {
  // Looks at ports and leaves, speaks other protocols, or before it is asked.
  scan: 20,
  // Tries names of recipients or accounts.
  enumeration: 30,
  // Line ends and bytes that make one command two: no honest client sends them twice.
  smuggling: 3,
  relay: 10,
  // Commands without end that are none, log-ins where there are none.
  anomaly: 10,
};

export interface Sign {
  readonly kind: IntrusionKind;
  readonly client: string;
  readonly listener: string;
  /** A name that was tried: the same one again is no sign of enumeration. */
  readonly name?: string | undefined;
}

/** What an event is a sign of, if it is one. */
export function signOf(event: Event): Sign | undefined {
  switch (event.name) {
    case 'connection-silent':
    case 'wrong-protocol':
    case 'tls-failed':
      return { kind: 'scan', ...where(event) };
    case 'smuggling':
    case 'plaintext-after-starttls':
      return { kind: 'smuggling', ...where(event) };
    case 'relay-refused':
      return { kind: 'relay', ...where(event) };
    case 'recipient-refused':
      // Unknown ones only: a full mailbox is no guess.
      return event.status.startsWith('5.1')
        ? { kind: 'enumeration', ...where(event), name: event.recipient }
        : undefined;
    case 'login-failed':
    case 'login-limited':
      return { kind: 'enumeration', ...where(event), name: event.user };
    case 'protocol-errors':
    case 'login-before-tls':
      return { kind: 'anomaly', ...where(event) };
    case 'attempt-refused': {
      const kind = attemptKinds[event.check];
      return kind === undefined ? undefined : { kind, ...where(event) };
    }
    default:
      return undefined;
  }
}

const attemptKinds: Readonly<Record<string, IntrusionKind | undefined>> = {
  'early-talker': 'scan',
  // A command line with a bare line end; a body's is an event of its own.
  smuggling: 'smuggling',
  // Who has guessed so many names that it hears the same of all of them goes on guessing.
  harvest: 'enumeration',
  patience: 'anomaly',
  'login-not-here': 'anomaly',
};

function where({ client, listener }: { readonly client: string; readonly listener: string }) {
  return { client, listener };
}
