import { networkSet, networksOf } from '#base/client-address.ts';
import type { ClientAddress, NetworkSet } from '#base/client-address.ts';
import type { Clock } from '#platform/clock.ts';
import type { NetworkOrigin } from '../list-files/network-origins.ts';
import { firstToGo } from './first-to-go.ts';
import { asnValue, countryValue, entryKey, isEntryLive } from './local-entry.ts';
import type { LocalEntry, LocalListName, LocalOrigin, LocalSubject } from './local-entry.ts';
import { RemovedEntries } from './removed-entries.ts';
import { matchesPattern } from './matches-pattern.ts';

/** Entries of both lists (S-09). */
export const localEntriesMax = 20_000;
/** Patterns and networks of more than one client are looked through one by one. */
export const searchedEntriesMax = 1_000;
/** P-25: entries that nobody made by hand; beyond it one makes room. */
export const automaticEntriesMax = 5_000;

export interface LocalListParts {
  readonly clock: Pick<Clock, 'now'>;
  /** Told of each change, to be kept over a restart; `undefined`: there is no entry any more. */
  readonly changed: (key: string, entry: LocalEntry | undefined) => void;
  /** Read for each entry that nobody makes by hand; at most `automaticEntriesMax`. */
  readonly rules?: { readonly entriesMax: number };
  /** Whose network an address lies in, where a table says so. */
  readonly origin?: (client: ClientAddress) => NetworkOrigin | undefined;
}

export interface NewEntry {
  readonly list: LocalListName;
  readonly subject: LocalSubject;
  readonly origin: LocalOrigin;
  readonly reason?: string | undefined;
  /** `undefined`: until it is removed. */
  readonly forMs?: number | undefined;
  readonly evidence?: LocalEntry['evidence'];
}

/** A mail address as mail has it, apart. */
export interface AskedAddress {
  /** `comparedAddress`; `undefined` where there is no local part to speak of. */
  readonly address: string | undefined;
  readonly domain: string;
}

/** The local block and allow lists: asked for each message, changed by hand and by what happens (P-24 to P-26). */
export class LocalListBook {
  readonly #parts: LocalListParts;
  readonly #entries = new Map<string, LocalEntry>();
  /** Those that are looked through: patterns, and networks that are not one client's. */
  readonly #searched = new Map<string, { readonly entry: LocalEntry; readonly set?: NetworkSet }>();
  readonly #removed: RemovedEntries;
  /** Of them, those that need to know whose network an address lies in. */
  #originEntries = 0;

  constructor(parts: LocalListParts) {
    this.#parts = parts;
    this.#removed = new RemovedEntries(parts);
  }

  /** What was kept over a restart. */
  restore(entries: Iterable<LocalEntry>): void {
    const nowMs = this.#parts.clock.now();
    for (const entry of entries) {
      const key = entryKey(entry.list, entry.subject);
      if (!isEntryLive(entry, nowMs)) this.#parts.changed(key, undefined);
      else if (entry.list === 'removed') this.#removed.restore(key, entry);
      else this.#put(key, entry);
    }
  }

  /**
   * Adds an entry, or puts it in the place of the one there is; `full`: there are too many; `settled`: nobody made it,
   * and there is one already, which it must not shorten, or somebody took it off lately.
   */
  add(given: NewEntry & { readonly origin: 'administrator' }): LocalEntry | 'full';
  add(given: NewEntry): LocalEntry | 'full' | 'settled';
  add({ list, subject, origin, reason, forMs, evidence }: NewEntry): LocalEntry | 'full' | 'settled' {
    const nowMs = this.#parts.clock.now();
    const key = entryKey(list, subject);
    const isSettled = this.#live(key) !== undefined || this.#removed.has(subject);
    if (origin !== 'administrator' && isSettled) return 'settled';
    if (!this.#entries.has(key) && !this.#hasRoom(subject, origin)) return 'full';
    const entry: LocalEntry = {
      list,
      subject,
      origin,
      reason,
      sinceMs: nowMs,
      untilMs: forMs === undefined ? undefined : nowMs + forMs,
      ...(evidence === undefined ? {} : { evidence }),
    };
    this.#put(key, entry);
    this.#parts.changed(key, entry);
    return entry;
  }

  /** `undefined`: there was none that still holds. */
  remove(list: LocalListName, subject: LocalSubject): LocalEntry | undefined {
    const key = entryKey(list, subject);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#drop(key);
    if (!isEntryLive(entry, this.#parts.clock.now())) return undefined;
    if (entry.origin !== 'administrator') this.#removed.add(entry);
    return entry;
  }

  /** Nothing is listed: nobody needs to look up. */
  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Whether an entry names somebody by a domain or an address, which has to be proven. */
  hasSenders(list: LocalListName): boolean {
    const nowMs = this.#parts.clock.now();
    for (const entry of this.#entries.values()) {
      const { kind } = entry.subject;
      const isSender = kind === 'domain' || kind === 'address' || kind === 'pattern';
      if (isSender && entry.list === list && isEntryLive(entry, nowMs)) return true;
    }
    return false;
  }

  /** Those that hold now, the newest first. */
  list(list: LocalListName): readonly LocalEntry[] {
    const nowMs = this.#parts.clock.now();
    return [...this.#entries.values()]
      .filter((entry) => entry.list === list && isEntryLive(entry, nowMs))
      .sort((a, b) => b.sinceMs - a.sinceMs);
  }

  /** The entry that names this client by its address. */
  findClient(list: LocalListName, client: ClientAddress): LocalEntry | undefined {
    if (this.#entries.size === 0) return undefined;
    const exact = networksOf(client)
      .map((value) => this.#live(entryKey(list, { kind: 'network', value })))
      .find((entry) => entry !== undefined);
    return (
      exact ?? this.#search(list, ({ set }) => set?.has(client) === true) ?? this.#findOrigin(list, client)
    );
  }

  #findOrigin(list: LocalListName, client: ClientAddress): LocalEntry | undefined {
    if (this.#originEntries === 0) return undefined;
    const { asn, country } = this.#parts.origin?.(client) ?? {};
    const ofAsn =
      asn === undefined ? undefined : this.#live(entryKey(list, { kind: 'asn', value: asnValue(asn) }));
    if (ofAsn !== undefined || country === undefined) return ofAsn;
    return this.#live(entryKey(list, { kind: 'country', value: countryValue(country) }));
  }

  /** The entry that names an address, or the domain that it lies in. */
  findAddress(list: LocalListName, { address, domain }: AskedAddress): LocalEntry | undefined {
    if (this.#entries.size === 0) return undefined;
    const exact =
      address === undefined ? undefined : this.#live(entryKey(list, { kind: 'address', value: address }));
    if (exact !== undefined || address === undefined) return exact ?? this.findDomain(list, domain);
    const fits = this.#search(
      list,
      ({ entry: { subject } }) => subject.kind === 'pattern' && matchesPattern(subject.value, address),
    );
    return fits ?? this.findDomain(list, domain);
  }

  /** The entry that names a domain or one above it. */
  findDomain(list: LocalListName, domain: string): LocalEntry | undefined {
    if (this.#entries.size === 0) return undefined;
    for (let name = domain; name !== ''; name = name.slice(name.indexOf('.') + 1)) {
      const entry = this.#live(entryKey(list, { kind: 'domain', value: name }));
      if (entry !== undefined) return entry;
      if (!name.includes('.')) return undefined;
    }
    return undefined;
  }

  #live(key: string): LocalEntry | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && isEntryLive(entry, this.#parts.clock.now()) ? entry : undefined;
  }

  #search(
    list: LocalListName,
    fits: (row: { readonly entry: LocalEntry; readonly set?: NetworkSet }) => boolean,
  ): LocalEntry | undefined {
    const nowMs = this.#parts.clock.now();
    for (const row of this.#searched.values())
      if (row.entry.list === list && isEntryLive(row.entry, nowMs) && fits(row)) return row.entry;
    return undefined;
  }

  #put(key: string, entry: LocalEntry): void {
    const { subject } = entry;
    if (needsOrigin(subject) && !this.#entries.has(key)) this.#originEntries += 1;
    this.#entries.set(key, entry);
    if (subject.kind === 'pattern') this.#searched.set(key, { entry });
    else if (subject.kind === 'network' && !isCounted(subject.value))
      this.#searched.set(key, { entry, set: networkSet([subject.value]) });
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && needsOrigin(entry.subject)) this.#originEntries -= 1;
    this.#entries.delete(key);
    this.#searched.delete(key);
    this.#parts.changed(key, undefined);
  }

  /** Who is over goes first; of the automatic entries one makes room for the next. */
  #hasRoom(subject: LocalSubject, origin: LocalOrigin): boolean {
    const searched = subject.kind === 'pattern' || (subject.kind === 'network' && !isCounted(subject.value));
    if (searched && this.#searched.size >= searchedEntriesMax) this.#dropExpired();
    if (searched && this.#searched.size >= searchedEntriesMax) return false;
    if (origin !== 'administrator') this.#makeAutomaticRoom();
    if (this.#entries.size >= localEntriesMax) this.#dropExpired();
    return this.#entries.size < localEntriesMax;
  }

  #dropExpired(): void {
    const nowMs = this.#parts.clock.now();
    for (const [key, entry] of this.#entries) if (!isEntryLive(entry, nowMs)) this.#drop(key);
  }

  #makeAutomaticRoom(): void {
    const entriesMax = this.#parts.rules?.entriesMax ?? automaticEntriesMax;
    if (this.#entries.size < entriesMax) return;
    const automatic = [...this.#entries].filter(([, { origin }]) => origin !== 'administrator');
    const tooMany = automatic.length - entriesMax + 1;
    if (tooMany <= 0) return;
    for (const key of firstToGo(automatic, tooMany)) this.#drop(key);
  }
}

function needsOrigin({ kind }: LocalSubject): boolean {
  return kind === 'asn' || kind === 'country';
}

/** Found by one of the networks that each client is counted under (S-07). */
function isCounted(network: string): boolean {
  const bits = network.slice(network.indexOf('/') + 1);
  return (network.includes(':') ? ['64', '56', '48'] : ['32', '24']).includes(bits);
}
