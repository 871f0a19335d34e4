import { makeRoom } from '#base/make-room.ts';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccountId } from '#base/id.ts';
import type { Clock } from '#platform/clock.ts';
import type { AccountRecord } from '#store/contract/accounts.ts';

/** DESIGN §7: so that argon2id need not be weakened for clients that log in every minute. */
export const rememberedMs = 600_000;
/** Accounts remembered; the oldest goes. */
const rememberedMax = 20_000;

interface Remembered {
  readonly digest: Buffer;
  /** Of the account record: any change or disablement makes another. */
  readonly version: number;
  readonly untilMs: number;
}

/** Passwords that were found right a short while ago, as keyed digests in memory; a restart forgets them. */
export class RememberedPasswords {
  readonly #clock: Clock;
  readonly #key: Uint8Array;
  readonly #byAccount = new Map<string, Remembered>();

  /** @param key 32 bytes of chance, made for this process */
  constructor(clock: Clock, key: Uint8Array) {
    this.#clock = clock;
    this.#key = key;
  }

  /** A name for this account's password that tells nothing of it; made for unknown accounts, too, to cost the same. */
  digest(account: AccountRecord | undefined, password: string): Buffer {
    const owner = account?.id ?? 'nobody';
    return createHmac('sha256', this.#key).update(`${owner} ${password}`).digest();
  }

  knows(account: AccountRecord, digest: Buffer): boolean {
    const known = this.#byAccount.get(account.id);
    if (known === undefined) return false;
    if (known.version !== account.version || known.untilMs <= this.#clock.monotonic()) {
      this.#byAccount.delete(account.id);
      return false;
    }
    return timingSafeEqual(known.digest, digest);
  }

  forget(account: AccountId): void {
    this.#byAccount.delete(account);
  }

  remember(account: AccountRecord, digest: Buffer): void {
    this.#byAccount.delete(account.id);
    makeRoom(this.#byAccount, rememberedMax);
    const untilMs = this.#clock.monotonic() + rememberedMs;
    this.#byAccount.set(account.id, { digest, version: account.version, untilMs });
  }
}
