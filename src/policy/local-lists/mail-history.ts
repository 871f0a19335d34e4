import type { ClientAddress } from '#base/client-address.ts';
import { clientNetwork } from '#identity/client-network.ts';
import type { Clock } from '#platform/clock.ts';
import type { Counters } from '#store/contract/store.ts';

/** P-25. */
const keptMs = 30 * 86_400_000;
/** Counts are written in lots, so that a message costs none: a crash forgets those of so long at most. */
const writtenEveryMs = 30_000;
const unwrittenMax = 2_000;
/** A network’s unwanted mail counts once for each author’s domain and day: nobody outweighs its good mail by volume. */
const dayMs = 86_400_000;
const daysSeenMax = 20_000;

export interface ProvenMail {
  readonly client: ClientAddress;
  /** Organizational domain of the author, proven by DMARC. */
  readonly domain: string;
}

export interface NetworkHistory {
  readonly wanted: number;
  readonly unwanted: number;
}

/**
 * What mail of proven authors was worth, by network (IPv4 /24, IPv6 /64) and by domain, over 30 days: who carries mail
 * that is wanted is not shut out for what others send through the same hosts (P-25).
 */
export class MailHistory {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #unwritten = new Map<string, number>();
  readonly #daysSeen = new Set<string>();
  /** Of the first that is not written: by the monotonic clock, and by the wall clock. */
  #since: { readonly ms: number; readonly nowMs: number } | undefined;

  constructor({ clock, counters }: { readonly clock: Clock; readonly counters: Counters }) {
    this.#clock = clock;
    this.#counters = counters;
  }

  /** It was taken, and not as Junk. */
  wanted({ client, domain }: ProvenMail): void {
    this.#count(wantedKey(client));
    this.#count(domainKey(domain));
  }

  /** Junk, refused, sent to a trap, or reported. */
  unwanted({ client, domain }: ProvenMail): void {
    const day = Math.floor(this.#clock.now() / dayMs);
    const seen = `${day} ${clientNetwork(client)} ${domain}`;
    if (this.#daysSeen.has(seen)) return;
    if (this.#daysSeen.size >= daysSeenMax) this.#daysSeen.clear();
    this.#daysSeen.add(seen);
    this.#count(unwantedKey(client));
  }

  /** `undefined`: the store cannot tell. */
  async ofNetwork(client: ClientAddress): Promise<NetworkHistory | undefined> {
    const counts = await this.#read([wantedKey(client), unwantedKey(client)]);
    return counts === undefined ? undefined : { wanted: counts[0] ?? 0, unwanted: counts[1] ?? 0 };
  }

  /** Whether mail of that domain was wanted; `undefined`: the store cannot tell. */
  async isWanted(domain: string): Promise<boolean | undefined> {
    const counts = await this.#read([domainKey(domain)]);
    return counts === undefined ? undefined : (counts[0] ?? 0) > 0;
  }

  /** Resolves when what was counted is handed to the store. */
  async flush(): Promise<void> {
    const counts = [...this.#unwritten];
    const nowMs = this.#since?.nowMs ?? this.#clock.now();
    this.#unwritten.clear();
    this.#since = undefined;
    await Promise.all(counts.map(([key, count]) => this.#counters.add(key, count, keptMs, nowMs)));
  }

  #count(key: string): void {
    this.#unwritten.set(key, (this.#unwritten.get(key) ?? 0) + 1);
    this.#since ??= { ms: this.#clock.monotonic(), nowMs: this.#clock.now() };
    if (this.#isDue || this.#unwritten.size >= unwrittenMax) void this.flush();
  }

  get #isDue(): boolean {
    return this.#since !== undefined && this.#clock.monotonic() - this.#since.ms >= writtenEveryMs;
  }

  async #read(keys: readonly string[]): Promise<readonly number[] | undefined> {
    if (this.#isDue) await this.flush();
    const unwritten = keys.map((key) => this.#unwritten.get(key) ?? 0);
    const read = await this.#counters.read(keys, this.#clock.now());
    return read.ok ? unwritten.map((count, index) => count + (read.value[index] ?? 0)) : undefined;
  }
}

function wantedKey(client: ClientAddress): string {
  return `mail-wanted ${clientNetwork(client)}`;
}

function unwantedKey(client: ClientAddress): string {
  return `mail-unwanted ${clientNetwork(client)}`;
}

function domainKey(domain: string): string {
  return `mail-domain ${domain}`;
}
