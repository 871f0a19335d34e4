import { clientNetwork } from '#identity/client-network.ts';
import { FailureWindows } from '#identity/failure-windows.ts';
import type { Clock } from '#platform/clock.ts';
import type { Counters } from '#store/contract/store.ts';

const dayMs = 24 * 60 * 60_000;
/** How long a first attempt is remembered: whoever comes later begins anew. */
const attemptKeptMs = dayMs;
/** How long those who came back, or brought good mail, are known. */
const knownKeptMs = 40 * dayMs;
/** S-09: whom this process remembers to have written down today. */
const writtenMax = 20_000;
/** S-09: senders that one network is told apart by in a day; beyond, all of its attempts are one. */
const sendersMax = 100;
/** S-09: keys that are written down in a day; beyond, nobody new is put off or remembered. */
export const keysPerDayMax = 100_000;

/** Whom greylisting knows by (C-12): networks at /24 and /64, and domains that SPF or DKIM proved. */
export interface GreylistSource {
  readonly client: string;
  /** Domains that passed. */
  readonly domains: readonly string[];
  /** The domain of MAIL FROM, or the HELO name. */
  readonly sender: string;
}

export type GreylistAnswer =
  | { readonly kind: 'known' }
  /** Came again after the delay: known from now on. */
  | { readonly kind: 'returned'; readonly afterMs: number }
  | { readonly kind: 'wait'; readonly leftMs: number }
  /** The store did not answer: nobody is put off for that. */
  | { readonly kind: 'unavailable' };

export interface GreylistParts {
  readonly counters: Counters;
  readonly clock: Clock;
}

/**
 * Greylisting (RFC 6647) as C-12 has it: the state lies in the store's counters, hashed, and outlives a restart. The first
 * attempt is written down as an amount, its time in seconds.
 */
export class Greylist {
  readonly #parts: GreylistParts;
  readonly #written = new FailureWindows(writtenMax);
  readonly #senders = new FailureWindows(writtenMax);
  readonly #keys = new FailureWindows(1);

  constructor(parts: GreylistParts) {
    this.#parts = parts;
  }

  async judge(source: GreylistSource, delayMs: number): Promise<GreylistAnswer> {
    const { counters, clock } = this.#parts;
    const nowMs = clock.now();
    const known = knownKeys(source);
    const first = this.#attemptKey(source);
    const read = await counters.read([...known, first], nowMs);
    if (!read.ok) return { kind: 'unavailable' };
    if (read.value.slice(0, known.length).some((count) => count > 0)) return { kind: 'known' };
    const startS = startOf(read.value.at(-1) ?? 0, nowMs);
    if (startS !== undefined) return this.#again(source, { passedMs: nowMs - startS * 1000, delayMs });
    if (!this.#mayWrite()) return { kind: 'unavailable' };
    const begun = await counters.add(first, Math.floor(nowMs / 1000), attemptKeptMs, nowMs);
    return begun.ok ? { kind: 'wait', leftMs: delayMs } : { kind: 'unavailable' };
  }

  /** Good mail came from there: it is not put off again. Written down once a day. */
  remember(source: GreylistSource): void {
    const { counters, clock } = this.#parts;
    const nowMs = clock.monotonic();
    for (const key of knownKeys(source)) {
      if (this.#written.count(key, nowMs) > 0 || !this.#mayWrite()) continue;
      this.#written.add(key, { amount: 1, windowMs: dayMs, nowMs });
      void counters.add(key, 1, knownKeptMs, clock.now());
    }
  }

  /** By a domain that is proven, whichever of its hosts comes again; else by network and sender. */
  #attemptKey({ client, domains, sender }: GreylistSource): string {
    const [domain] = domains;
    if (domain !== undefined) return `attempt-domain ${domain}`;
    const network = clientNetwork(client);
    const nowMs = this.#parts.clock.monotonic();
    const senders = this.#senders.add(network, { amount: 1, windowMs: dayMs, nowMs });
    return senders > sendersMax ? `attempt ${network}` : `attempt ${network} ${sender.toLowerCase()}`;
  }

  /** Whoever changes its names and addresses all the time shall not fill the store. */
  #mayWrite(): boolean {
    const nowMs = this.#parts.clock.monotonic();
    return this.#keys.add('all', { amount: 1, windowMs: dayMs, nowMs }) <= keysPerDayMax;
  }

  #again(
    source: GreylistSource,
    { passedMs, delayMs }: { readonly passedMs: number; readonly delayMs: number },
  ): GreylistAnswer {
    if (passedMs < delayMs) return { kind: 'wait', leftMs: delayMs - passedMs };
    this.remember(source);
    return { kind: 'returned', afterMs: passedMs };
  }
}

function knownKeys({ client, domains }: GreylistSource): readonly string[] {
  return [`known-network ${clientNetwork(client)}`, ...domains.map((domain) => `known-domain ${domain}`)];
}

/** Two first attempts at the same moment are added up: then it is their middle. */
function startOf(sumS: number, nowMs: number): number | undefined {
  if (sumS <= 0) return undefined;
  const attempts = Math.max(1, Math.round(sumS / (nowMs / 1000)));
  return sumS / attempts;
}
