import { makeRoom } from '#base/make-room.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';

/** Names kept per address, and how much of each. */
const namesMax = 16;
const nameBytesMax = 64;
/** Addresses with evidence; the oldest goes (S-09). */
const addressesMax = 10_000;

/** Why an address is not listened to any more. */
export interface LoginEvidence {
  readonly client: string;
  readonly listener: string;
  /** Weighted failures within the window. */
  readonly failures: number;
  /** Names that were tried, at most 16: foreign text, cleaned. */
  readonly users: readonly string[];
}

interface Seen {
  readonly users: Set<string>;
  untilMs: number;
}

/** Which names each address tried, so that a ban can show it (I-80, N-10). */
export class FailureEvidence {
  readonly #seen = new Map<string, Seen>();

  /** @returns the names tried from there within the window */
  add(
    key: string,
    { user, nowMs, windowMs }: { readonly user: string; readonly nowMs: number; readonly windowMs: number },
  ): readonly string[] {
    const found = this.#seen.get(key);
    const seen = found === undefined || found.untilMs < nowMs ? newlySeen() : found;
    this.#seen.delete(key);
    makeRoom(this.#seen, addressesMax);
    this.#seen.set(key, seen);
    seen.untilMs = nowMs + windowMs;
    if (seen.users.size < namesMax) seen.users.add(cleanForeignText(user, nameBytesMax));
    return [...seen.users];
  }
}

function newlySeen(): Seen {
  return { users: new Set(), untilMs: 0 };
}
