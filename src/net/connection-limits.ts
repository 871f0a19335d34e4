import { makeRoom } from '#base/make-room.ts';
import { networksOf, type ClientAddress, type Network } from '#base/client-address.ts';
import { ObservedValues } from './observed-values.ts';
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

/** What was seen of one limit since the start. */
export interface LimitSeen extends ReturnType<ObservedValues['read']> {
  readonly hits: number;
}

/** Addresses whose rate is remembered; the longest silent are forgotten first. */
const ratesMax = 100_000;

/** Who is connected now, and how often they came. */
export class ConnectionLimits {
  readonly #settings: LimitSettings;
  readonly #networksOf: (address: ClientAddress) => readonly Network[];
  readonly #open = new Map<Network, number>();
  readonly #rates = new Map<Network, SlidingCount>();
  readonly #observed = new Map(limitHits.map((hit) => [hit, new ObservedValues()]));
  readonly #hits = new Map<LimitHit, number>();
  #windowMs: number;
  #rate: SlidingCount;
  #openCount = 0;

  /** @param counted `totals`: single clients are not told apart, and cost nothing */
  constructor(settings: LimitSettings, counted: 'clients' | 'totals' = 'clients') {
    this.#settings = settings;
    this.#networksOf = counted === 'clients' ? networksOf : () => [];
    this.#windowMs = settings.windowMs;
    this.#rate = new SlidingCount(this.#windowMs);
  }

  get openCount(): number {
    return this.#openCount;
  }

  /**
   * Counts a connection in, or says which limit it meets; then it was not counted as open, only as new.
   * @param nowMs monotonic (S-12)
   */
  admit(address: ClientAddress, exempt: boolean, nowMs: number): LimitHit | undefined {
    const networks = this.#networksOf(address);
    const hit = this.#limitMet(networks, exempt, nowMs);
    if (hit !== undefined) {
      this.#hits.set(hit, (this.#hits.get(hit) ?? 0) + 1);
      return hit;
    }
    this.#openCount += 1;
    this.#observe('connections', this.#openCount, nowMs);
    for (const [index, network] of networks.entries()) {
      const count = (this.#open.get(network) ?? 0) + 1;
      this.#open.set(network, count);
      if (index === 0) this.#observe('connections-per-address', count, nowMs);
      else if (index === 1) this.#observe('connections-per-network', count, nowMs);
    }
    return undefined;
  }

  /** What was seen of a limit, and how often it was met (P-33). */
  seen(hit: LimitHit): LimitSeen {
    const none = { count: 0, peak: 0, p50: 0, p95: 0, p99: 0 };
    return { ...(this.#observed.get(hit)?.read() ?? none), hits: this.#hits.get(hit) ?? 0 };
  }

  /** Once for each connection that was admitted. */
  release(address: ClientAddress): void {
    this.#openCount -= 1;
    for (const network of this.#networksOf(address)) {
      const count = (this.#open.get(network) ?? 1) - 1;
      if (count === 0) this.#open.delete(network);
      else this.#open.set(network, count);
    }
  }

  #limitMet(networks: readonly Network[], exempt: boolean, nowMs: number): LimitHit | undefined {
    const limits = this.#settings;
    if (over(this.#openCount, limits.connectionsMax)) return 'connections';
    if (exempt) return undefined;
    const [address, ...wider] = networks;
    if (address !== undefined && over(this.#open.get(address) ?? 0, limits.perAddressMax))
      return 'connections-per-address';
    for (const [index, network] of wider.entries()) {
      if (over(this.#open.get(network) ?? 0, limits.perNetworkMax * (index + 1)))
        return 'connections-per-network';
    }
    if (limits.windowMs !== this.#windowMs) this.#beginWindow(limits.windowMs);
    const ownRate = address === undefined ? 0 : this.#rateOf(address).add(nowMs);
    this.#observe('rate-per-address', ownRate, nowMs);
    // What its own rate refuses does not count for all: one address could shut out the others.
    if (limits.newPerAddressMax > 0 && ownRate > limits.newPerAddressMax) return 'rate-per-address';
    const rate = this.#rate.add(nowMs);
    this.#observe('rate', rate, nowMs);
    return limits.newMax > 0 && rate > limits.newMax ? 'rate' : undefined;
  }

  /** P-33: another interval counts from now on. */
  #beginWindow(windowMs: number): void {
    this.#windowMs = windowMs;
    this.#rate = new SlidingCount(windowMs);
    this.#rates.clear();
  }

  #observe(hit: LimitHit, value: number, nowMs: number): void {
    this.#observed.get(hit)?.add(value, nowMs);
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

function over(count: number, max: number): boolean {
  return max > 0 && count >= max;
}
