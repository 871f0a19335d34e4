import { networkSet } from '#base/client-address.ts';
import type { ClientAddress, Network, NetworkSet } from '#base/client-address.ts';
import type { Clock } from '#platform/clock.ts';
import { isRelayLive } from './relay-entry.ts';
import type { RelayEntry } from './relay-entry.ts';

/** S-09: they are looked through one by one, and nobody has that many hosts that cannot log in. */
export const relayEntriesMax = 500;

export interface RelayBookParts {
  readonly clock: Pick<Clock, 'now'>;
  /** Told of each change, to be kept over a restart; `undefined`: there is no entry any more. */
  readonly changed: (network: Network, entry: RelayEntry | undefined) => void;
}

export type NewRelay = Pick<RelayEntry, 'network' | 'owner' | 'reason' | 'senders'> & {
  readonly forMs: number;
};

/** Who may send through this server by address alone (P-10): explicit entries, each of which ends by itself. */
export class RelayBook {
  readonly #parts: RelayBookParts;
  readonly #entries = new Map<Network, { readonly entry: RelayEntry; readonly set: NetworkSet }>();

  constructor(parts: RelayBookParts) {
    this.#parts = parts;
  }

  /** What was kept over a restart. */
  restore(entries: Iterable<RelayEntry>): void {
    for (const entry of entries) this.#put(entry);
  }

  /** Adds an entry, or puts it in the place of the one of this network; `full`: there are too many. */
  add({ forMs, ...wanted }: NewRelay): RelayEntry | 'full' {
    if (!this.#entries.has(wanted.network) && this.#entries.size >= relayEntriesMax) this.#dropEnded();
    if (!this.#entries.has(wanted.network) && this.#entries.size >= relayEntriesMax) return 'full';
    const sinceMs = this.#parts.clock.now();
    const entry: RelayEntry = { ...wanted, sinceMs, untilMs: sinceMs + forMs };
    this.#put(entry);
    this.#parts.changed(entry.network, entry);
    return entry;
  }

  /** `undefined`: there was none. */
  remove(network: Network): RelayEntry | undefined {
    const found = this.#entries.get(network)?.entry;
    if (found !== undefined) this.#drop(network);
    return found;
  }

  /** The newest first, with those that have ended. */
  list(): readonly RelayEntry[] {
    return [...this.#entries.values()].map(({ entry }) => entry).sort((a, b) => b.sinceMs - a.sinceMs);
  }

  /** The entry of the narrowest network that holds now and has this client. */
  find(client: ClientAddress): RelayEntry | undefined {
    if (this.#entries.size === 0) return undefined;
    const nowMs = this.#parts.clock.now();
    let best: RelayEntry | undefined;
    for (const { entry, set } of this.#entries.values()) {
      if (!isRelayLive(entry, nowMs) || !set.has(client)) continue;
      if (best === undefined || bitsOf(entry) > bitsOf(best)) best = entry;
    }
    return best;
  }

  #put(entry: RelayEntry): void {
    this.#entries.set(entry.network, { entry, set: networkSet([entry.network]) });
  }

  #drop(network: Network): void {
    this.#entries.delete(network);
    this.#parts.changed(network, undefined);
  }

  #dropEnded(): void {
    const nowMs = this.#parts.clock.now();
    for (const [network, { entry }] of this.#entries) if (!isRelayLive(entry, nowMs)) this.#drop(network);
  }
}

function bitsOf({ network }: RelayEntry): number {
  return Number(network.slice(network.indexOf('/') + 1));
}
