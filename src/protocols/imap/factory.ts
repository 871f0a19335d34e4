import type { Authenticator, Identity, LoginContext } from '#identity/authenticator.ts';
import type { Clock } from '#platform/clock.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type { ConnectionFacts, SessionFactory } from '#protocols/conversation.ts';
import { MailboxViews } from '#store/views.ts';
import type { EventSink } from '#trace/events.ts';
import { formatCapabilities, formatLoginCapabilities } from './capabilities.ts';
import type { CapabilityStage } from './capabilities.ts';
import { providedCapabilities } from './provided.ts';
import { ImapSession } from './session.ts';
import type { SessionParts } from './session.ts';
import { AccountWorld } from './world.ts';
import type { GuestWorld, ImapStore } from './world.ts';

/** What the IMAP server is given once. */
export interface ImapParts {
  readonly authenticator: Authenticator;
  /** The store as this account may use it; asked only after a login has succeeded. */
  readonly openStore: (identity: Identity) => ImapStore;
  readonly clock: Clock;
  readonly events: EventSink;
  /** The largest message that APPEND takes. */
  readonly appendSizeBytesMax: number;
}

/** Makes the sessions of the `imap` role. Sessions of one factory share views of their mailboxes. */
export function createImapFactory(parts: ImapParts): SessionFactory {
  const views = new MailboxViews();
  const provided = providedCapabilities();
  const capabilities = {
    guest: formatCapabilities('guest', provided),
    account: formatCapabilities('account', provided),
    compressed: formatCapabilities('compressed', provided),
  };
  return (facts) => new ImapSession(sessionParts(parts, facts, { views, capabilities }));
}

function sessionParts(
  parts: ImapParts,
  facts: ConnectionFacts,
  shared: {
    readonly views: MailboxViews;
    readonly capabilities: Readonly<Record<CapabilityStage, string>>;
  },
): SessionParts {
  return {
    implicitTls: facts.tls,
    isSpared: facts.exempt.has('rate'),
    tooManyErrors(errors) {
      const { client, listener, sessionId: session } = facts;
      parts.events.emit({ name: 'protocol-errors', client, listener, session, errors });
    },
    wake: facts.wake,
    guest: (tls) => guestWorld(parts, facts, { tls, capabilities: shared.capabilities.guest }),
    enter: (identity, session) => {
      const world: AccountWorld = new AccountWorld(identity, {
        store: parts.openStore(identity),
        views: shared.views,
        clock: parts.clock,
        appendSizeBytesMax: parts.appendSizeBytesMax,
        wake: () => session.wake(),
        capabilities: () => shared.capabilities[world.isCompressed ? 'compressed' : 'account'],
      });
      return world;
    },
  };
}

function guestWorld(
  parts: ImapParts,
  facts: ConnectionFacts,
  at: { readonly tls: TlsFacts | undefined; readonly capabilities: string },
): GuestWorld {
  const { authenticator } = parts;
  const login: LoginContext = {
    protocol: 'imap',
    sessionId: facts.sessionId,
    listener: facts.listener,
    client: facts.client,
    tls: at.tls,
    exemptFromRate: facts.exempt.has('rate'),
  };
  return {
    kind: 'guest',
    facts,
    events: parts.events,
    authenticator,
    login,
    clock: parts.clock,
    capabilities: () => at.capabilities + formatLoginCapabilities({ authenticator, facts, login }),
  };
}
