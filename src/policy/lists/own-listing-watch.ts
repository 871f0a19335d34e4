import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { EventSink } from '#trace/events.ts';
import type { DnsListBook } from './dns-list-book.ts';

/** S-09: addresses and domains of ours that are looked up in one round. */
export const ownSubjectsMax = 500;
/** Rounds of many servers shall not fall together: up to so much of the interval is added. */
const jitterPart = 0.1;
/** After the start, so that the resolver beside us is up. */
const firstAfterMs = 60_000;

export interface OwnWatchRules {
  /** Zero: never. */
  readonly watchEveryMs: number;
  /** Lists that are asked about ourselves beside those that are on. */
  readonly watchAlso: readonly string[];
  /** Addresses that we have in the eyes of others, as behind a NAT. */
  readonly watchAddresses: readonly string[];
}

export interface OwnListing {
  readonly list: string;
  readonly subject: string;
  readonly meanings: readonly string[];
  readonly lookUpAt: string | undefined;
  /** Wall clock. */
  readonly sinceMs: number;
}

/** How we stand on the lists of others. */
export interface OwnReport {
  /** Wall clock of the last round; `undefined`: none yet. */
  readonly checkedMs: number | undefined;
  readonly subjects: number;
  /** Lists that were asked and could answer. */
  readonly lists: readonly string[];
  /** Those that could not, and why. */
  readonly unasked: readonly { readonly list: string; readonly problem: string }[];
  readonly listings: readonly OwnListing[];
}

export interface OwnWatchParts {
  readonly dns: Pick<DnsListBook, 'askAbout'>;
  /** Nobody's message. Puts keys in. */
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventSink;
  /** Read for each round. */
  readonly rules: OwnWatchRules;
  /** Our public addresses and our domains, now. */
  readonly own: () => { readonly addresses: readonly string[]; readonly domains: readonly string[] };
}

/** Watches whether our own addresses and domains stand on lists (P-11): the first sign of an abused account or a relay. */
export class OwnListingWatch {
  readonly #parts: OwnWatchParts;
  readonly #listings = new Map<string, OwnListing>();
  #checkedMs: number | undefined;
  #subjects = 0;
  #lists: readonly string[] = [];
  #unasked: OwnReport['unasked'] = [];
  #running: Promise<void> | undefined;

  constructor(parts: OwnWatchParts) {
    this.#parts = parts;
  }

  get report(): OwnReport {
    return {
      checkedMs: this.#checkedMs,
      subjects: this.#subjects,
      lists: this.#lists,
      unasked: this.#unasked,
      listings: [...this.#listings.values()],
    };
  }

  /** Until the signal. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock, random, rules } = this.#parts;
    await clock.sleep(firstAfterMs, signal);
    while (!signal.aborted) {
      const everyMs = rules.watchEveryMs;
      if (everyMs > 0) await this.check(signal);
      const jitterMs = random.integer(Math.max(1, Math.round(everyMs * jitterPart)));
      await clock.sleep(everyMs === 0 ? firstAfterMs : everyMs + jitterMs, signal);
    }
  }

  /** Looks all of ours up, now; one round at a time. */
  check(signal?: AbortSignal): Promise<void> {
    this.#running ??= this.#check(signal).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #check(signal: AbortSignal | undefined): Promise<void> {
    const { own, rules, clock } = this.#parts;
    const { addresses, domains } = own();
    const subjects = [...new Set([...rules.watchAddresses, ...addresses, ...domains])].slice(
      0,
      ownSubjectsMax,
    );
    const asked = new Map<string, string | undefined>();
    // One after the other: nobody waits for it, and a list shall not take it for an attack.
    for (const subject of subjects) {
      if (signal?.aborted === true) return;
      await this.#look(subject, asked);
    }
    this.#forgetOthers(subjects);
    this.#lists = [...asked].flatMap(([list, problem]) => (problem === undefined ? [list] : []));
    this.#unasked = [...asked].flatMap(([list, problem]) =>
      problem === undefined ? [] : [{ list, problem }],
    );
    this.#subjects = subjects.length;
    this.#checkedMs = clock.now();
  }

  async #look(subject: string, asked: Map<string, string | undefined>): Promise<void> {
    const { dns, resolver, rules, clock } = this.#parts;
    for (const said of await dns.askAbout(subject, rules.watchAlso, resolver)) {
      const { list, outcome, hits, problem, lookUpAt } = said;
      const isOpen = outcome === 'error' || outcome === 'unanswered';
      asked.set(list, isOpen ? (problem ?? 'no answer') : asked.get(list));
      // What could not be asked stays as it was.
      if (isOpen) continue;
      const meanings = hits.flatMap((hit) => hit.meanings);
      this.#become(
        `${list} ${subject}`,
        outcome === 'listed' ? { list, subject, meanings, lookUpAt, sinceMs: clock.now() } : undefined,
      );
    }
  }

  #become(key: string, listing: OwnListing | undefined): void {
    const { events } = this.#parts;
    const before = this.#listings.get(key);
    if (listing === undefined) {
      if (before === undefined) return;
      this.#listings.delete(key);
      events.emit({ name: 'own-listing-ended', list: before.list, subject: before.subject });
      return;
    }
    this.#listings.set(key, { ...listing, sinceMs: before?.sinceMs ?? listing.sinceMs });
    if (before !== undefined) return;
    const { list, subject, meanings, lookUpAt } = listing;
    events.emit({ name: 'own-listing', list, subject, meanings: meanings.join(', '), at: lookUpAt });
  }

  /** What is ours no more is nobody's concern. */
  #forgetOthers(subjects: readonly string[]): void {
    for (const [key, { subject }] of this.#listings)
      if (!subjects.includes(subject)) this.#listings.delete(key);
  }
}
