import type { AccountId } from '#base/id.ts';
import { InFlightByKey } from '#base/in-flight-by-key.ts';

interface OpenSession {
  readonly revoke: () => void;
  account: AccountId | undefined;
}

/** All connections of the server that are open, and whose they are once somebody has logged in. */
export class OpenSessions {
  readonly #byId = new InFlightByKey<OpenSession>();
  readonly #byAccount = new Map<AccountId, Set<OpenSession>>();

  /** @param revoke says goodbye and closes; called at most once */
  opened(sessionId: string, revoke: () => void): void {
    this.#byId.set(sessionId, { revoke, account: undefined });
  }

  closed(sessionId: string): void {
    const session = this.#byId.take(sessionId);
    if (session?.account !== undefined) this.#leave(session.account, session);
  }

  /** A login held; a session that is gone already is none. */
  loggedIn(sessionId: string, account: AccountId): void {
    const session = this.#byId.get(sessionId);
    if (session === undefined) return;
    if (session.account !== undefined) this.#leave(session.account, session);
    session.account = account;
    const others = this.#byAccount.get(account);
    if (others === undefined) this.#byAccount.set(account, new Set([session]));
    else others.add(session);
  }

  /** The account was removed, disabled or got another password: whoever is in goes out. */
  revoke(account: AccountId): void {
    const sessions = this.#byAccount.get(account);
    this.#byAccount.delete(account);
    for (const session of sessions ?? []) {
      session.account = undefined;
      session.revoke();
    }
  }

  #leave(account: AccountId, session: OpenSession): void {
    const sessions = this.#byAccount.get(account);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#byAccount.delete(account);
  }
}
