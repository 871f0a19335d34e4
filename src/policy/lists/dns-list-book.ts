import { allOf } from '#base/all-of.ts';
import { andThen } from '#base/and-then.ts';
import { parseClientAddress } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { EventSink } from '#trace/events.ts';
import type { ListFiles } from '../list-files/list-files.ts';
import type { PolicyValues } from '../policy-values.ts';
import { askList } from './ask-list.ts';
import { listCheckName } from './check-name.ts';
import { listUses } from './dns-list.ts';
import type { DnsList, ListUse } from './dns-list.ts';
import type { ListAsker } from './list-asker.ts';
import { ListHealth } from './list-health.ts';
import type { ListReport } from './list-health.ts';
import { subjectLabels } from './list-question.ts';
import type { ListSaid, ListSubject } from './list-said.ts';
import type { ListSource } from './list-source.ts';
import { listTables } from './list-table.ts';
import type { ListRow, ListTable, ZoneValues } from './list-table.ts';
import type { OwnResolvers } from './own-resolvers.ts';
import type { ListKeys } from './with-list-keys.ts';

/** Read for each message, so that a change counts for the next. */
export interface ListValues extends ZoneValues {
  readonly lookupsMax: number;
  readonly publicResolver: boolean;
}

export interface DnsListParts {
  /** For tests of lists: of nobody's message. Puts keys in. */
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly keys: ListKeys;
  readonly values: ListValues;
  readonly checks: Pick<PolicyValues, 'check'>;
  /** Those of the resolvers in use that are open to everybody. */
  readonly publicResolvers: readonly string[];
  /** Lists that are kept here (I-33). */
  readonly files?: Pick<ListFiles, 'zone'>;
  /** Lists that are asked elsewhere (I-33). */
  readonly ownResolvers?: Pick<OwnResolvers, 'of'>;
}

/** A list, what it is set to, and how it does. */
export interface KnownList {
  readonly list: DnsList;
  /** The checks that speak for it and what each does. */
  readonly checks: readonly { readonly name: string; readonly action: string; readonly weight: number }[];
  readonly hasKey: boolean;
  /** `files` kept here, `resolver` of its own, or as every other name. */
  readonly askedAt: 'files' | 'resolver' | 'dns';
  /** Public resolvers that keep it from being asked. */
  readonly keptBy: readonly string[];
  readonly report: ListReport;
}

/** The lists of this server; one for the process, since it remembers how each of them does. */
export class DnsListBook implements ListAsker {
  readonly #parts: DnsListParts;
  readonly #table: () => ListTable;
  readonly #health = new Map<string, ListHealth>();

  constructor(parts: DnsListParts) {
    this.#parts = parts;
    this.#table = listTables(parts.values);
  }

  isAsked(use: ListUse): boolean {
    return this.#table().byUse[use].some((row) => this.#isOn(row));
  }

  ready(use: ListUse): Awaitable<unknown> {
    return allOf(this.#inUse(use).map((list) => this.#healthOf(list).isUsable()));
  }

  ask(use: ListUse, subjects: readonly ListSubject[], resolver: Resolver): Awaitable<readonly ListSaid[]> {
    if (subjects.length === 0) return [];
    const lists = this.#inUse(use);
    const each = use === 'links' ? Math.floor(this.#parts.values.lookupsMax / Math.max(1, lists.length)) : 5;
    return this.#askThese(lists, subjects.slice(0, Math.max(1, each)), resolver);
  }

  /**
   * What lists say of one address or domain, whoever's: those that are on, and those that are named (P-11). Every list of
   * the kind is asked, whatever part of a message it is on for.
   */
  askAbout(subject: string, also: readonly string[], resolver: Resolver): Awaitable<readonly ListSaid[]> {
    const isAddress = parseClientAddress(subject) !== undefined;
    const what = isAddress ? 'client' : 'sender';
    const on = this.#on();
    const lists = this.#table().all.filter((list) => {
      const isOfKind = list.uses.includes('client') === isAddress;
      const isNamed = also.includes(list.name) && this.#source(list).keptBy.length === 0;
      return isOfKind && (isNamed || on.has(list));
    });
    return this.#askThese(lists, [{ what, name: subject }], resolver);
  }

  /** All that are known, in the order of the table, those of an administrator last. */
  list(): readonly KnownList[] {
    const { checks, keys } = this.#parts;
    return this.#table().all.map((list) => ({
      list,
      checks: list.uses.map((use) => {
        const name = listCheckName(list, use);
        const { action, weight } = checks.check(name);
        return { name, action, weight };
      }),
      hasKey: list.keyed !== undefined && keys.get(list.keyed.key) !== undefined,
      ...this.#told(list),
      report: this.#healthOf(list).report,
    }));
  }

  /** Asks every list that is on for its own entries, now. */
  async testAll(): Promise<void> {
    await Promise.all([...this.#on()].map((list) => this.#healthOf(list).test()));
  }

  /** The key of that name is another one, or none: the lists that use it are tested before their next use. */
  keyChanged(key: string): void {
    for (const list of this.#table().all) if (list.keyed?.key === key) this.#healthOf(list).renew();
  }

  /** The public resolvers that keep lists from being asked; none when they may be. */
  get keptBy(): readonly string[] {
    const { publicResolvers, values } = this.#parts;
    return values.publicResolver ? [] : publicResolvers;
  }

  #told(list: DnsList): Pick<KnownList, 'askedAt' | 'keptBy'> {
    const { zone, isOwn, keptBy } = this.#source(list);
    return { askedAt: zone !== undefined ? 'files' : isOwn ? 'resolver' : 'dns', keptBy };
  }

  #source(list: DnsList): ListSource {
    const { files, ownResolvers, resolver, values } = this.#parts;
    const zone = files?.zone(list.name);
    const own = ownResolvers?.of(list.name);
    if (zone !== undefined) return { zone, resolver, isOwn: false, keptBy: [] };
    if (own === undefined) return { zone, resolver, isOwn: false, keptBy: this.keptBy };
    const keptBy = own.isPublic && !values.publicResolver ? ['its own'] : [];
    return { zone, resolver: own.resolver, isOwn: true, keptBy };
  }

  #inUse(use: ListUse): readonly DnsList[] {
    return this.#table()
      .byUse[use].filter((row) => this.#isOn(row))
      .map(({ list }) => list);
  }

  /** Those that are on for any use. */
  #on(): ReadonlySet<DnsList> {
    return new Set(listUses.flatMap((use) => this.#inUse(use)));
  }

  #isOn({ list, check }: ListRow): boolean {
    return this.#parts.checks.check(check).action !== 'off' && this.#source(list).keptBy.length === 0;
  }

  #healthOf(list: DnsList): ListHealth {
    let health = this.#health.get(list.name);
    if (health === undefined) {
      health = new ListHealth(list, { ...this.#parts, source: (one) => this.#source(one) });
      this.#health.set(list.name, health);
    }
    return health;
  }

  #askThese(
    lists: readonly DnsList[],
    subjects: readonly ListSubject[],
    resolver: Resolver,
  ): Awaitable<readonly ListSaid[]> {
    const { clock, keys } = this.#parts;
    const named = subjects.map((subject) => ({ subject, labels: subjectLabels(subject.name) }));
    const said = lists.map((list) => {
      const asked = { list, source: () => this.#source(list), health: this.#healthOf(list) };
      return askList(asked, named, { resolver, clock, keys });
    });
    return andThen(allOf(said), (all) => all.filter((one) => one !== undefined));
  }
}
