import type { ClientAddress } from '#base/client-address.ts';
import type { Clock } from '#platform/clock.ts';
import type { TextFiles } from '#platform/text-files.ts';
import type { EventSink } from '#trace/events.ts';
import { dnsLists } from '../lists/dns-lists.ts';
import { keyPlace } from '../lists/own-zones.ts';
import type { ListAssignment } from './list-assignment.ts';
import { KeptFile } from './kept-file.ts';
import type { FileReport } from './kept-file.ts';
import { readNetworkOrigins } from './network-origins.ts';
import type { NetworkOrigin, NetworkOrigins } from './network-origins.ts';
import { readZoneFile } from './zone-file.ts';
import type { ZoneFile, ZoneFileKind } from './zone-file.ts';

/** How often the files are looked at. */
export const filesSeenEveryMs = 60_000;

export interface ListFileValues {
  readonly networks: readonly string[];
  readonly zones: readonly ListAssignment<string>[];
  /** Zones of addresses that an administrator named. */
  readonly addressZones: readonly string[];
}

export interface ListFilesParts {
  readonly files: TextFiles;
  readonly clock: Clock;
  readonly events: EventSink;
  /** Read at each look. */
  readonly values: ListFileValues;
}

export interface KnownFile extends FileReport {
  /** The list, or `networks`. */
  readonly use: string;
  readonly entries: number | undefined;
}

/** The files that lists read, each kept as it was read last and looked at once in a while (P-24, I-33). */
export class ListFiles {
  readonly #parts: ListFilesParts;
  #networks: ReadonlyMap<string, KeptFile<NetworkOrigins>> = new Map();
  #zones: ReadonlyMap<string, KeptFile<ZoneFile>> = new Map();

  constructor(parts: ListFilesParts) {
    this.#parts = parts;
  }

  /** Reads what is new or has changed. */
  async refresh(): Promise<void> {
    const { networks, zones } = this.#parts.values;
    this.#networks = new Map(networks.map((path) => [path, this.#networkFile(path)]));
    this.#zones = new Map(zones.map(({ list, value }) => [`${list}=${value}`, this.#zoneFile(list, value)]));
    // One after the other: a large one is work.
    for (const file of [...this.#networks.values(), ...this.#zones.values()]) await file.refresh();
  }

  /** Until the signal. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.refresh();
      await this.#parts.clock.sleep(filesSeenEveryMs, signal);
    }
  }

  origin(client: ClientAddress): NetworkOrigin | undefined {
    let found: NetworkOrigin | undefined;
    for (const { value } of this.#networks.values()) {
      const origin = value?.find(client);
      if (origin !== undefined) found = { ...origin, ...found };
    }
    return found;
  }

  knowsOrigins(what: 'asn' | 'country'): boolean {
    return [...this.#networks.values()].some(({ value }) => value?.has(what) === true);
  }

  /** The files of a list that is kept here; `undefined`: it is asked by DNS. */
  zone(list: string): ListZone | undefined {
    const { zones } = this.#parts.values;
    // As nearly everywhere, and asked for each list of each message.
    if (zones.length === 0) return undefined;
    const files = zones
      .filter((row) => row.list === list)
      .map(({ value }) => this.#zones.get(`${list}=${value}`));
    return files.length === 0 ? undefined : new ListZone(files);
  }

  report(): readonly KnownFile[] {
    const networks = [...this.#networks.values()].map((file) => ({
      ...file.report,
      use: 'networks',
      entries: file.value?.size,
    }));
    const zones = [...this.#zones].map(([key, file]) => ({
      ...file.report,
      use: key.slice(0, key.indexOf('=')),
      entries: file.value?.size,
    }));
    return [...networks, ...zones];
  }

  #networkFile(path: string): KeptFile<NetworkOrigins> {
    return this.#networks.get(path) ?? this.#kept(path, readNetworkOrigins);
  }

  #zoneFile(list: string, path: string): KeptFile<ZoneFile> {
    const kind = this.#kindOf(list);
    return this.#zones.get(`${list}=${path}`) ?? this.#kept(path, (lines) => readZoneFile(lines, kind));
  }

  #kindOf(list: string): ZoneFileKind {
    const known = dnsLists.find(({ name }) => name === list);
    if (known !== undefined) return known.uses.includes('client') ? 'addresses' : 'domains';
    const isOfAddresses = this.#parts.values.addressZones.some(
      (zone) => (keyPlace(zone)?.zone ?? zone) === list,
    );
    return isOfAddresses ? 'addresses' : 'domains';
  }

  #kept<T>(path: string, parse: ConstructorParameters<typeof KeptFile<T>>[0]['parse']): KeptFile<T> {
    const { files, clock, events } = this.#parts;
    return new KeptFile({
      path,
      files,
      clock,
      parse,
      troubled: (file, problem) => {
        if (problem === undefined) events.emit({ name: 'list-file-read', file });
        else events.emit({ name: 'list-file-trouble', file, detail: problem });
      },
    });
  }
}

/** The files of one list, together. */
export class ListZone {
  readonly #files: readonly (KeptFile<ZoneFile> | undefined)[];

  constructor(files: readonly (KeptFile<ZoneFile> | undefined)[]) {
    this.#files = files;
  }

  /** Why it cannot be asked; a list of which a part is missing still has the others. */
  get problem(): string | undefined {
    const read = this.#files.some((file) => file?.value !== undefined);
    if (read) return undefined;
    return (
      this.#files.map((file) => file?.report.problem).find((one) => one !== undefined) ?? 'it is not read yet'
    );
  }

  /** The answers of all of them. */
  find(subject: string): readonly string[] {
    return this.#files.flatMap((file) => file?.value?.find(subject) ?? []);
  }
}
