import { networksOf, type ClientAddress, type Network } from '#base/client-address.ts';
import { SlidingCount } from './sliding-count.ts';

/** P-29 to P-31 in their simple form; a number of 0 switches a limit off. */
export interface LimitSettings {
  /** P-29: open at once on this listener. */
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

/** Addresses whose rate is remembered; the longest silent are forgotten first. */
const ratesMax = 100_000;

/** Who is connected now, and how often they came. */
export class ConnectionLimits {
  readonly #settings: LimitSettings;
  readonly #open = new Map<Network, number>();
  readonly #rates = new Map<Network, SlidingCount>();
  readonly #rate: SlidingCount;
  #openCount = 0;

  constructor(settings: LimitSettings) {
    this.#settings = settings;
    this.#rate = new SlidingCount(settings.windowMs);
  }

  get openCount(): number {
    return this.#openCount;
  }

  /**
   * Counts a connection in, or says which limit it meets; then it was not counted as open, only as new.
   * @param nowMs monotonic (S-12)
   */
  admit(address: ClientAddress, exempt: boolean, nowMs: number): LimitHit | undefined {
    const networks = networksOf(address);
    const hit = this.#limitMet(networks, exempt, nowMs);
    if (hit !== undefined) return hit;
    this.#openCount += 1;
    for (const network of networks) this.#open.set(network, (this.#open.get(network) ?? 0) + 1);
    return undefined;
  }

  /** Once for each connection that was admitted. */
  release(address: ClientAddress): void {
    this.#openCount -= 1;
    for (const network of networksOf(address)) {
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
    const rate = this.#rate.add(nowMs);
    const ownRate = address === undefined ? 0 : this.#rateOf(address).add(nowMs);
    if (limits.newMax > 0 && rate > limits.newMax) return 'rate';
    return limits.newPerAddressMax > 0 && ownRate > limits.newPerAddressMax ? 'rate-per-address' : undefined;
  }

  /** Taken out and put back, so that the map stays in order of last use. */
  #rateOf(address: Network): SlidingCount {
    const found = this.#rates.get(address) ?? new SlidingCount(this.#settings.windowMs);
    this.#rates.delete(address);
    this.#rates.set(address, found);
    if (this.#rates.size > ratesMax) {
      for (const oldest of this.#rates.keys()) {
        this.#rates.delete(oldest);
        break;
      }
    }
    return found;
  }
}

function over(count: number, max: number): boolean {
  return max > 0 && count >= max;
}
