import type { Clock } from '#platform/clock.ts';
import { parseClientAddress } from '#base/client-address.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { withBudget } from '#platform/resolver-budget.ts';
import type { DnsAnswer, DnsFailure, Resolver } from '#platform/resolver.ts';
import type { EventSink } from '#trace/events.ts';
import type { ListFiles } from '../list-files/list-files.ts';
import type { PolicyValues } from '../policy-values.ts';
import { listCheckName } from './check-name.ts';
import type { DnsList, ListUse } from './dns-list.ts';
import { dnsLists } from './dns-lists.ts';
import type { ListAsker } from './list-asker.ts';
import { ListHealth } from './list-health.ts';
import type { ListReport } from './list-health.ts';
import type { ListSource } from './list-source.ts';
import type { OwnResolvers } from './own-resolvers.ts';
import { listQuestion } from './list-question.ts';
import type { ListHit, ListSaid, ListSubject } from './list-said.ts';
import { ownAddressList, ownDomainList } from './own-zones.ts';
import type { OwnZone } from './own-zones.ts';
import { readListAnswer } from './read-list-answer.ts';
import type { ListAnswer } from './read-list-answer.ts';
import type { ListKeys } from './with-list-keys.ts';

/** Hits of one list that are told; a message may name hundreds. */
const hitsTold = 5;
/** P-28: one list that is slow is not waited for longer, whatever is left of the message's time. */
const answerMs = 3_000;

/** Read for each message, so that a change counts for the next. */
export interface ListValues {
  readonly addressZones: readonly OwnZone[];
  readonly domainZones: readonly OwnZone[];
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
  readonly #health = new Map<string, ListHealth>();

  constructor(parts: DnsListParts) {
    this.#parts = parts;
  }

  isAsked(use: ListUse): boolean {
    return this.#all().some((list) => list.uses.includes(use) && this.#isOn(list, use));
  }

  async ready(use: ListUse): Promise<void> {
    await Promise.all(this.#inUse(use).map((list) => this.#healthOf(list).isUsable()));
  }

  async ask(
    use: ListUse,
    subjects: readonly ListSubject[],
    resolver: Resolver,
  ): Promise<readonly ListSaid[]> {
    if (subjects.length === 0) return [];
    const lists = this.#inUse(use);
    const each = use === 'links' ? Math.floor(this.#parts.values.lookupsMax / Math.max(1, lists.length)) : 5;
    const wanted = subjects.slice(0, Math.max(1, each));
    const said = await Promise.all(lists.map((list) => this.#askOne(list, wanted, resolver)));
    return said.flatMap((one) => one ?? []);
  }

  /**
   * What lists say of one address or domain, whoever's: those that are on, and those that are named (P-11). Every list of
   * the kind is asked, whatever part of a message it is on for.
   */
  async askAbout(subject: string, also: readonly string[], resolver: Resolver): Promise<readonly ListSaid[]> {
    const isAddress = parseClientAddress(subject) !== undefined;
    const what = isAddress ? 'client' : 'sender';
    const lists = this.#all().filter((list) => {
      const isOfKind = list.uses.includes('client') === isAddress;
      const isWanted = also.includes(list.name) || list.uses.some((use) => this.#isOn(list, use));
      return isOfKind && isWanted && this.#source(list).keptBy.length === 0;
    });
    const said = await Promise.all(
      lists.map((list) => this.#askOne(list, [{ what, name: subject }], resolver)),
    );
    return said.flatMap((one) => one ?? []);
  }

  /** All that are known, in the order of the table, those of an administrator last. */
  list(): readonly KnownList[] {
    const { checks, keys } = this.#parts;
    return this.#all().map((list) => ({
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
    const used = this.#all().filter((list) => list.uses.some((use) => this.#isOn(list, use)));
    await Promise.all(used.map((list) => this.#healthOf(list).test()));
  }

  /** The key of that name is another one, or none: the lists that use it are tested before their next use. */
  keyChanged(key: string): void {
    for (const list of this.#all()) if (list.keyed?.key === key) this.#healthOf(list).renew();
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

  #all(): readonly DnsList[] {
    const { addressZones, domainZones } = this.#parts.values;
    if (addressZones.length === 0 && domainZones.length === 0) return dnsLists;
    return [...dnsLists, ...addressZones.map(ownAddressList), ...domainZones.map(ownDomainList)];
  }

  #inUse(use: ListUse): readonly DnsList[] {
    return this.#all().filter((list) => list.uses.includes(use) && this.#isOn(list, use));
  }

  #isOn(list: DnsList, use: ListUse): boolean {
    return (
      this.#parts.checks.check(listCheckName(list, use)).action !== 'off' &&
      this.#source(list).keptBy.length === 0
    );
  }

  #healthOf(list: DnsList): ListHealth {
    let health = this.#health.get(list.name);
    if (health === undefined) {
      health = new ListHealth(list, { ...this.#parts, source: (one) => this.#source(one) });
      this.#health.set(list.name, health);
    }
    return health;
  }

  /** `undefined`: it takes none of these subjects. */
  async #askOne(
    list: DnsList,
    subjects: readonly ListSubject[],
    resolver: Resolver,
  ): Promise<ListSaid | undefined> {
    const { keys } = this.#parts;
    const hasKey = (key: string): boolean => keys.get(key) !== undefined;
    const questions = subjects.flatMap((subject) => {
      const name = listQuestion(list, subject.name, { hasKey });
      return name === undefined ? [] : [{ subject, name }];
    });
    if (questions.length === 0) return undefined;
    const health = this.#healthOf(list);
    const told = { list: list.name, title: list.title, lookUpAt: list.lookUpAt };
    if (!(await health.isUsable()))
      return { ...told, outcome: 'error', hits: [], share: 0, problem: offWords(health.report) };
    const source = this.#source(list);
    const asked = source.isOwn ? (resolver.through?.(source.resolver) ?? source.resolver) : resolver;
    const ask = this.#inTime(asked, questions.length);
    const answers = await Promise.all(
      questions.map(async ({ subject, name }) => {
        const answer = readListAnswer(
          list,
          source.zone === undefined ? await ask(name) : zoneAnswer(source.zone.find(subject.name), name),
        );
        health.answered(answer);
        return { subject, answer };
      }),
    );
    return { ...told, ...joined(answers) };
  }

  /** Asks within the time of one list; under the timer of the message, where its resolver has one. */
  #inTime(resolver: Resolver, queriesMax: number): (name: string) => Promise<Result<DnsAnswer, DnsFailure>> {
    const { clock } = this.#parts;
    const bounded = withBudget(resolver, clock, { queriesMax, totalMs: answerMs });
    const endsAtMs = clock.monotonic() + answerMs;
    return async (name) => {
      const answer = await bounded.ask(name, 'A');
      const isOver = !answer.ok && answer.error === 'budget' && clock.monotonic() >= endsAtMs;
      return isOver ? err('timeout') : answer;
    };
  }
}

/** What a file has, as the DNS would have said it. */
function zoneAnswer(codes: readonly string[], name: string): Result<DnsAnswer, DnsFailure> {
  if (codes.length === 0) return err('nxdomain');
  const records = codes.map((data) => ({ type: 'A', name, data }) as const);
  return ok({ records, ttlMs: 0, authenticated: false });
}

interface Answered {
  readonly subject: ListSubject;
  readonly answer: ListAnswer;
}

/** A hit is a hit, whatever else was not answered; without one, what stayed open is told. */
function joined(
  answers: readonly Answered[],
): Pick<ListSaid, 'outcome' | 'hits' | 'share'> & { readonly problem?: string } {
  const hits: (ListHit & { readonly share: number })[] = answers.flatMap(({ subject, answer }) =>
    answer.kind === 'listed'
      ? [{ ...subject, codes: answer.codes, meanings: answer.meanings, share: answer.share }]
      : [],
  );
  if (hits.length > 0) {
    const byShare = hits.toSorted((a, b) => b.share - a.share);
    const told = byShare.slice(0, hitsTold).map(({ share: _share, ...hit }) => hit);
    return { outcome: 'listed', hits: told, share: byShare[0]?.share ?? 0 };
  }
  for (const { answer } of answers)
    if (answer.kind === 'error') return { outcome: 'error', hits: [], share: 0, problem: answer.problem };
  for (const { answer } of answers)
    if (answer.kind === 'unanswered')
      return { outcome: 'unanswered', hits: [], share: 0, problem: answer.failure };
  return { outcome: 'clean', hits: [], share: 0 };
}

function offWords({ state, problem }: ListReport): string {
  return `it is not asked just now: ${problem ?? state}`;
}
