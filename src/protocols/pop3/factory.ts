import type { Authenticator, Identity } from '#identity/authenticator.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type { ConnectionFacts, SessionFactory } from '#protocols/conversation.ts';
import type { EventSink } from '#trace/events.ts';
import { Pop3Session } from './session.ts';
import type { Pop3Store } from './pop3-store.ts';
import type { GuestWorld } from './world.ts';

/** What the POP3 server is given once. */
export interface Pop3Parts {
  readonly authenticator: Authenticator;
  /** The store as this account may use it; asked only after a login has succeeded. */
  readonly openStore: (identity: Identity) => Pop3Store;
  readonly events: EventSink;
}

/** Makes the sessions of the `pop3` role (RFC 1939, 2449, 2595, 3206, 5034). */
export function createPop3Factory(parts: Pop3Parts): SessionFactory {
  return (facts) =>
    new Pop3Session({
      implicitTls: facts.tls,
      wake: facts.wake,
      isSpared: facts.exempt.has('rate'),
      tooManyErrors(errors) {
        const { client, listener, sessionId: session } = facts;
        parts.events.emit({ name: 'protocol-errors', client, listener, session, errors });
      },
      openStore: parts.openStore,
      guest: (tls) => guestWorld(parts, facts, tls),
    });
}

function guestWorld(parts: Pop3Parts, facts: ConnectionFacts, tls: TlsFacts | undefined): GuestWorld {
  return {
    kind: 'guest',
    authenticator: parts.authenticator,
    events: parts.events,
    mayStartTls: facts.tlsMode === 'starttls' && tls === undefined,
    user: undefined,
    login: {
      protocol: 'pop3',
      sessionId: facts.sessionId,
      listener: facts.listener,
      client: facts.client,
      tls,
      exemptFromRate: facts.exempt.has('rate'),
    },
  };
}
