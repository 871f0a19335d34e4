import type { Awaitable } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Counters } from '#store/contract/store.ts';
import { clientNetwork } from './client-network.ts';

const dayMs = 86_400_000;
/** I-80: how long a log-in that held vouches for where it came from. */
export const knownDeviceMs = 30 * dayMs;
/** So long a yes is not asked for again, and not written again. */
const rememberedMs = 3_600_000;
/** Remembered in memory; the oldest goes (S-09). */
const rememberedMax = 50_000;

/** What is known of where an attempt comes from. */
export interface Standing {
  /** This name has logged in from this network: one of its own devices. */
  readonly deviceKnown: boolean;
  /** Somebody has logged in from this network: it is not the attackers' alone. */
  readonly addressKnown: boolean;
}

export const unknownStanding: Standing = { deviceKnown: false, addressKnown: false };

export interface KnownDevicesParts {
  readonly clock: Clock;
  /** Keeps them over a restart, as hashes; `undefined`: in memory only. */
  readonly counters: Pick<Counters, 'add' | 'read'> | undefined;
}

/** From which networks (IPv4 /24, IPv6 /64) names have logged in within the last 30 days (I-80, N-10). */
export class KnownDevices {
  readonly #parts: KnownDevicesParts;
  /** Key to the monotonic time until which it need not be asked for. */
  readonly #remembered = new Map<string, number>();

  constructor(parts: KnownDevicesParts) {
    this.#parts = parts;
  }

  /** While the store cannot tell, only what memory holds is known. */
  standing(name: string, client: string): Awaitable<Standing> {
    const network = clientNetwork(client);
    const [device, address] = [deviceKey(name, network), addressKey(network)];
    if (this.#remembers(device)) return { deviceKnown: true, addressKnown: true };
    const { counters } = this.#parts;
    if (counters === undefined) return { deviceKnown: false, addressKnown: this.#remembers(address) };
    return this.#read(counters, device, address);
  }

  succeeded(name: string, client: string): void {
    const network = clientNetwork(client);
    for (const key of [deviceKey(name, network), addressKey(network)]) {
      if (this.#remembers(key)) continue;
      this.#remember(key);
      void this.#parts.counters?.add(key, 1, knownDeviceMs, this.#parts.clock.now());
    }
  }

  async #read(counters: Pick<Counters, 'read'>, device: string, address: string): Promise<Standing> {
    const read = await counters.read([device, address], this.#parts.clock.now());
    const [devices = 0, addresses = 0] = read.ok ? read.value : [];
    const addressKnown = addresses > 0 || this.#remembers(address);
    return { deviceKnown: devices > 0, addressKnown };
  }

  #remembers(key: string): boolean {
    return (this.#remembered.get(key) ?? -Infinity) > this.#parts.clock.monotonic();
  }

  #remember(key: string): void {
    this.#remembered.delete(key);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= rememberedMax && oldest !== undefined) this.#remembered.delete(oldest);
    // Without a store memory is all there is.
    const ms = this.#parts.counters === undefined ? knownDeviceMs : rememberedMs;
    this.#remembered.set(key, this.#parts.clock.monotonic() + ms);
  }
}

function deviceKey(name: string, network: string): string {
  return `login-device ${network} ${name}`;
}

function addressKey(network: string): string {
  return `login-network ${network}`;
}
