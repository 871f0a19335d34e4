import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import { duration } from '#config/kinds/duration.ts';
import { setting } from '#config/setting.ts';
import type { KnownPeers } from './known-peers.ts';

/** P-32: what an unknown peer waits at most before it is greeted. */
const greetingMsMax = 3000;
/** RFC 5321 §4.5.3.2 has clients wait for minutes; nobody is held longer than this for one mistake. */
const errorMsMax = 60_000;
/** Mistakes that anyone makes. */
const errorsFree = 2;

/** Settings of the delays on `mx`; they count for the next connection. */
export const tarpitSettings = {
  greetingMs: setting('smtp.greeting_delay', duration({ minMs: 0, maxMs: greetingMsMax }), 1000, {
    meaning:
      'How long an unknown client of `mx` waits for the greeting; one that speaks first is refused. Clients from which mail was accepted, and those on loopback and private networks, do not wait. Never on other listeners.',
    requirements: ['P-32', 'S-01'],
  }),
  errorMs: setting('smtp.error_delay', duration({ minMs: 0, maxMs: errorMsMax }), 500, {
    meaning:
      'How long the answer to the third mistake of such a client is held back; it doubles with each further one.',
    requirements: ['P-32'],
  }),
  errorMaxMs: setting('smtp.error_delay_max', duration({ minMs: 0, maxMs: errorMsMax }), 8000, {
    meaning: 'The longest that an answer to a mistake is held back.',
    requirements: ['P-32'],
  }),
};

export interface TarpitRules {
  readonly greetingMs: number;
  readonly errorMs: number;
  readonly errorMaxMs: number;
}

export interface TarpitParts {
  readonly rules: TarpitRules;
  readonly peers: Pick<KnownPeers, 'isKnown'>;
  /** It did what no honest client does, lately. */
  readonly isSuspect: (client: string) => boolean;
}

/** Delays for strangers, that rise with what they do wrong and cost a timer each (P-32). */
export class Tarpit {
  readonly #parts: TarpitParts;

  constructor(parts: TarpitParts) {
    this.#parts = parts;
  }

  /** Before the greeting; 0: this client is known, and waits for nothing later either. */
  greetingMs(client: string): Awaitable<number> {
    const { rules, peers, isSuspect } = this.#parts;
    if (rules.greetingMs === 0) return 0;
    if (isSuspect(client)) return greetingMsMax;
    return andThen(peers.isKnown(client), (known) => (known ? 0 : rules.greetingMs));
  }

  /** @param errors how many it made so far, this one included */
  errorMs(errors: number): number {
    const { errorMs, errorMaxMs } = this.#parts.rules;
    const counted = errors - errorsFree;
    return counted <= 0 ? 0 : Math.min(errorMaxMs, errorMs * 2 ** Math.min(counted - 1, 20));
  }
}
