import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import { randomSecret, secretDigest } from './random-secret.ts';

const minuteMs = 60_000;

/** A session that nobody uses ends after this long. */
export const sessionIdleMs = 30 * minuteMs;
/** … and every session after this long. */
export const sessionLifeMs = 12 * 60 * minuteMs;
/** Sessions at a time; beyond it the one that was used longest ago ends (S-09). */
export const sessionsMax = 32;
/** Characters of a digest that name a session in the log. */
const nameCharacters = 10;

/** Somebody who is signed in to the administration. */
export interface WebSession {
  /** As events call it; nobody gets in with it. */
  readonly name: string;
  /** Stands in every form of this session: a form without it was made by somebody else (S-14). */
  readonly formToken: string;
}

interface Kept extends WebSession {
  readonly endsMs: number;
  usedMs: number;
}

/** Who is signed in: in memory only, so that all sessions end with the server; ids are kept as digests (S-14). */
export class WebSessions {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #random: Random;
  /** By digest of the id; used longest ago first. */
  readonly #sessions = new Map<string, Kept>();

  constructor(parts: { readonly clock: Pick<Clock, 'monotonic'>; readonly random: Random }) {
    this.#clock = parts.clock;
    this.#random = parts.random;
  }

  /** A new session, with the id that its cookie holds and nobody else. */
  start(): { readonly id: string; readonly session: WebSession } {
    const nowMs = this.#clock.monotonic();
    for (const [digest, kept] of this.#sessions) if (isOver(kept, nowMs)) this.#sessions.delete(digest);
    const oldest = this.#sessions.keys().next().value;
    if (oldest !== undefined && this.#sessions.size >= sessionsMax) this.#sessions.delete(oldest);
    const id = randomSecret(this.#random);
    const digest = secretDigest(id);
    const session: Kept = {
      name: digest.slice(0, nameCharacters),
      formToken: randomSecret(this.#random),
      endsMs: nowMs + sessionLifeMs,
      usedMs: nowMs,
    };
    this.#sessions.set(digest, session);
    return { id, session };
  }

  /** The session of this id, which is used now; `undefined`: there is none, or it is over. */
  find(id: string): WebSession | undefined {
    const digest = secretDigest(id);
    const kept = this.#sessions.get(digest);
    if (kept === undefined) return undefined;
    const nowMs = this.#clock.monotonic();
    this.#sessions.delete(digest);
    if (isOver(kept, nowMs)) return undefined;
    kept.usedMs = nowMs;
    this.#sessions.set(digest, kept);
    return kept;
  }

  end(id: string): void {
    this.#sessions.delete(secretDigest(id));
  }
}

function isOver({ endsMs, usedMs }: Kept, nowMs: number): boolean {
  return nowMs >= endsMs || nowMs >= usedMs + sessionIdleMs;
}
