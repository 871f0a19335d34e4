import { makeRoom } from '#base/make-room.ts';
import { timingSafeEqual } from 'node:crypto';
import type { AccountId } from '#base/id.ts';

/** Accounts remembered; the oldest goes (S-09). */
const accountsMax = 20_000;
const perAccountMax = 4;

/**
 * Passwords that once let an account in while this process runs, as keyed digests in memory only: after a change its
 * owner's other devices go on trying the old one, and are no attack (I-80).
 */
export class FormerPasswords {
  readonly #byAccount = new Map<AccountId, readonly Buffer[]>();

  /** @param digest keyed, of `RememberedPasswords` */
  wasRight(account: AccountId, digest: Buffer): boolean {
    return this.#byAccount.get(account)?.some((known) => timingSafeEqual(known, digest)) === true;
  }

  right(account: AccountId, digest: Buffer): void {
    if (this.wasRight(account, digest)) return;
    const known = this.#byAccount.get(account) ?? [];
    this.#byAccount.delete(account);
    makeRoom(this.#byAccount, accountsMax);
    this.#byAccount.set(account, [...known, digest].slice(-perAccountMax));
  }
}
