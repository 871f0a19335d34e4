import type { Authenticator, Identity, LoginContext } from '#identity/authenticator.ts';
import type { EventSink } from '#trace/events.ts';
import type { Maildrop } from './maildrop.ts';

/** Before login: no store in reach (DESIGN §4). */
export interface GuestWorld {
  readonly kind: 'guest';
  readonly authenticator: Authenticator;
  readonly login: LoginContext;
  readonly mayStartTls: boolean;
  readonly events: EventSink;
  /** The name that USER gave. */
  user: string | undefined;
}

export interface AccountWorld {
  readonly kind: 'account';
  readonly identity: Identity;
  readonly maildrop: Maildrop;
}
