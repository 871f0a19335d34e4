import { makeRoom } from '#base/make-room.ts';
import type { Network } from '#base/client-address.ts';
import { ObservedValues } from './observed-values.ts';
import type { KeptValues } from './observed-values.ts';
import { SlidingCount } from './sliding-count.ts';

/** P-29 to P-31 of one scope: the server, a listener or a rule; a number of 0 switches a limit off. */
export interface LimitSettings {
  /** P-29: open at once. */
  readonly connectionsMax: number;
  /** P-30: open at once from one address (IPv4 /32, IPv6 /64). */
  readonly perAddressMax: number;
  /** P-30: open at once from one neighbourhood (IPv4 /24, IPv6 /56; twice as many for /48). */
  readonly perNetworkMax: number;
  /** P-31: new ones in `windowMs`, all together. */
  readonly newMax: number;
  /** P-31: new ones in `windowMs` from one address. */
  readonly newPerAddressMax: number;
  readonly windowMs: number;
}

export const defaultLimits: LimitSettings = {
  connectionsMax: 10_000,
  perAddressMax: 100,
  perNetworkMax: 400,
  newMax: 60_000,
  newPerAddressMax: 600,
  windowMs: 60_000,
};

export type LimitHit =
  | 'connections'
  | 'connections-per-address'
  | 'connections-per-network'
  | 'rate'
  | 'rate-per-address';

const limitHits = [
  'connections',
  'connections-per-address',
  'connections-per-network',
  'rate',
  'rate-per-address',
] as const;

/** What was seen of one limit in the last days. */
export type LimitSeen = ReturnType<ObservedValues['read']>;

/** The same, to be kept over a restart. */
export type KeptLimits = { readonly [H in LimitHit]?: KeptValues };

/** As whom a client is counted. `known`: mail or a log-in was accepted from there lately. */
export type Standing = 'stranger' | 'known' | 'exempt';

/** Rates that have counted a connection: it may be judged twice, as a stranger's and then as one whom we know. */
export type CountedRates = Set<SlidingCount>;

export interface Asking {
  readonly standing: Standing;
  /** Monotonic (S-12). */
  readonly nowMs: number;
  readonly counted?: CountedRates | undefined;
}

/** Addresses whose rate is remembered; the longest silent are forgotten first. */
const ratesMax = 100_000;

/** Who is connected now, and how often they came. */
export class ConnectionLimits {
  readonly #settings: LimitSettings;
  readonly #reserve: () => number;
  readonly #counts: 'clients' | 'totals';
  readonly #open = new Map<Network, number>();
  readonly #rates = new Map<Network, SlidingCount>();
  readonly #observed: Readonly<Record<LimitHit, ObservedValues>> = {
    connections: new ObservedValues(),
    'connections-per-address': new ObservedValues(),
    'connections-per-network': new ObservedValues(),
    rate: new ObservedValues(),
    'rate-per-address': new ObservedValues(),
  };
  #windowMs: number;
  #rate: SlidingCount;
  #openCount = 0;

  /**
   * @param counted `totals`: single clients are not told apart, and cost nothing
   * @param reserve the share of the totals that strangers leave to clients whom we know (S-09), 0 to 1
   */
  constructor(
    settings: LimitSettings,
    {
      counted = 'clients',
      reserve = () => 0,
    }: { counted?: 'clients' | 'totals'; reserve?: () => number } = {},
  ) {
    this.#settings = settings;
    this.#reserve = reserve;
    this.#counts = counted;
    this.#windowMs = settings.windowMs;
    this.#rate = new SlidingCount(this.#windowMs);
  }

  get openCount(): number {
    return this.#openCount;
  }

  /**
   * Counts a connection in, or says which limit it meets; then it was not counted as open, only as new.
   * @param client what it is counted under, as `networksOf` tells it
   */
  admit(client: readonly Network[], asking: Asking): LimitHit | undefined {
    const { nowMs } = asking;
    const networks = this.#counted(client);
    const hit = this.#limitMet(networks, asking);
    if (hit !== undefined) {
      this.#observed[hit].hit(nowMs);
      return hit;
    }
    this.#openCount += 1;
    this.#observed.connections.add(this.#openCount, nowMs);
    let width = 0;
    for (const network of networks) {
      const count = (this.#open.get(network) ?? 0) + 1;
      this.#open.set(network, count);
      if (width === 0) this.#observed['connections-per-address'].add(count, nowMs);
      else if (width === 1) this.#observed['connections-per-network'].add(count, nowMs);
      width += 1;
    }
    return undefined;
  }

  /** What was seen of a limit, and how often it was met (P-33). */
  seen(hit: LimitHit): LimitSeen {
    return this.#observed[hit].read();
  }

  /** For `restore`; nothing of what was never seen. */
  keep(nowMs: number): KeptLimits {
    const kept = limitHits.map((hit) => [hit, this.#observed[hit].keep(nowMs)] as const);
    return Object.fromEntries(kept.filter(([, values]) => values !== undefined));
  }

  /** @param passedMs since it was kept, by the wall clock */
  restore(
    kept: KeptLimits,
    { nowMs, passedMs }: { readonly nowMs: number; readonly passedMs: number },
  ): void {
    for (const hit of limitHits) {
      const values = kept[hit];
      if (values !== undefined) this.#observed[hit].restore(values, { nowMs, passedMs });
    }
  }

  /** Once for each connection that was admitted. */
  release(client: readonly Network[]): void {
    this.#openCount -= 1;
    for (const network of this.#counted(client)) {
      const count = (this.#open.get(network) ?? 1) - 1;
      if (count === 0) this.#open.delete(network);
      else this.#open.set(network, count);
    }
  }

  #counted(client: readonly Network[]): readonly Network[] {
    return this.#counts === 'clients' ? client : [];
  }

  #limitMet(networks: readonly Network[], asking: Asking): LimitHit | undefined {
    const { standing, nowMs, counted } = asking;
    const limits = this.#settings;
    if (over(this.#openCount, this.#shareOf(limits.connectionsMax, standing))) return 'connections';
    if (standing === 'exempt') return undefined;
    let width = 0;
    for (const network of networks) {
      const open = this.#open.get(network) ?? 0;
      if (width === 0 && over(open, limits.perAddressMax)) return 'connections-per-address';
      if (width > 0 && over(open, limits.perNetworkMax * width)) return 'connections-per-network';
      width += 1;
    }
    const [address] = networks;
    if (limits.windowMs !== this.#windowMs) this.#beginWindow(limits.windowMs);
    const ownRate = address === undefined ? 0 : countOnce(this.#rateOf(address), asking);
    this.#observed['rate-per-address'].add(ownRate, nowMs);
    // What its own rate refuses does not count for all: one address could shut out the others.
    if (limits.newPerAddressMax > 0 && ownRate > limits.newPerAddressMax) return 'rate-per-address';
    // Nor does what the rate of all refuses: strangers who keep coming could use up what is kept for those we know.
    const rate = this.#rate.read(nowMs) + (counted?.has(this.#rate) === true ? 0 : 1);
    this.#observed.rate.add(rate, nowMs);
    if (limits.newMax > 0 && rate > this.#shareOf(limits.newMax, standing)) return 'rate';
    countOnce(this.#rate, asking);
    return undefined;
  }

  /** What a client may use of a total. */
  #shareOf(max: number, standing: Standing): number {
    return standing === 'stranger' ? max - Math.floor(max * this.#reserve()) : max;
  }

  /** P-33: another interval counts from now on. */
  #beginWindow(windowMs: number): void {
    this.#windowMs = windowMs;
    this.#rate = new SlidingCount(windowMs);
    this.#rates.clear();
  }

  /** Taken out and put back, so that the map stays in order of last use. */
  #rateOf(address: Network): SlidingCount {
    const found = this.#rates.get(address) ?? new SlidingCount(this.#windowMs);
    this.#rates.delete(address);
    makeRoom(this.#rates, ratesMax);
    this.#rates.set(address, found);
    return found;
  }
}

function countOnce(rate: SlidingCount, { nowMs, counted }: Asking): number {
  if (counted?.has(rate) === true) return rate.read(nowMs);
  counted?.add(rate);
  return rate.add(nowMs);
}

function over(count: number, max: number): boolean {
  return max > 0 && count >= max;
}
