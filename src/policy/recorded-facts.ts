import type { Awaitable } from '#base/result.ts';
import { parseAddress } from '#mail/address.ts';
import type { TraceRecord } from '#trace/record.ts';
import type { Fact, FactReader } from './fact.ts';
import type { FactSources } from './fact-sources.ts';
import type { FactName, FactTable } from './fact-table.ts';
import { findFact } from './facts.ts';
import type { OwnNames } from './own-names.ts';
import { recordedClient } from './recorded-client.ts';
import type { RecordedClient } from './recorded-client.ts';

/** Told by the session and the envelope themselves. */
const toldBySession: ReadonlySet<FactName> = new Set(['client', 'helo', 'sender']);

/** What an exception reads although no check asked for it then: nobody is proven by it. */
const neverAsked: Pick<FactTable, 'iprev' | 'spf'> & Partial<FactTable> = {
  iprev: { finding: 'unanswered', result: 'temperror', names: [], asked: [] },
  spf: {
    result: 'temperror',
    identity: 'mailfrom',
    domain: '',
    evidence: { matched: [], records: [], asked: [], lookupTerms: 0, voidLookups: 0, localPartUsed: false },
  },
};

interface Told {
  readonly record: TraceRecord;
  readonly client: RecordedClient;
  readonly own: OwnNames;
}

/** What was known when a recorded message was judged: all that a check may read, without asking anybody (N-3). */
export class RecordedFacts implements FactReader {
  readonly #record: TraceRecord;
  readonly #client: RecordedClient;
  readonly #own: OwnNames;
  readonly #other: Partial<FactTable>;

  /** `undefined` when the record is of nothing that policy judged. */
  static of(record: TraceRecord, own: OwnNames): RecordedFacts | undefined {
    const client = recordedClient(record);
    const isJudged = record.session.role === 'mx' && record.envelope !== undefined;
    return isJudged && client !== undefined ? new RecordedFacts({ record, client, own }, {}) : undefined;
  }

  private constructor(told: Told, other: Partial<FactTable>) {
    this.#record = told.record;
    this.#client = told.client;
    this.#own = told.own;
    this.#other = other;
  }

  /** The same, had these been so instead. */
  but(other: Partial<FactTable>): RecordedFacts {
    const told = { record: this.#record, client: this.#client, own: this.#own };
    return new RecordedFacts(told, { ...this.#other, ...other });
  }

  /** The DNS was asked for it: its client was not exempt. */
  get isAsked(): boolean {
    return 'spf' in this.#record.facts || 'iprev' in this.#record.facts;
  }

  /** The message itself came, and not only its envelope. */
  get isWhole(): boolean {
    return 'author' in this.#record.facts;
  }

  has(name: FactName): boolean {
    return name in this.#record.facts || toldBySession.has(name) || findFact(name).absent !== undefined;
  }

  read<N extends FactName>(name: N): Awaitable<FactTable[N]> {
    const fact = findFact(name);
    if (name in this.#other) return this.#other[name] as FactTable[N];
    // These need nothing but what the session and the envelope say.
    if (toldBySession.has(name)) return this.#told(fact);
    if (name in this.#record.facts) return this.#record.facts[name] as FactTable[N];
    const value = fact.absent === undefined ? neverAsked[name] : fact.absent();
    if (value === undefined && fact.absent === undefined)
      throw new Error(`the record says nothing of ${name}`);
    return value as FactTable[N];
  }

  #told<N extends FactName>(fact: Fact<N>): Awaitable<FactTable[N]> {
    const sources = this.#sources() as FactSources;
    const { ofNobody } = fact;
    return this.#client.isClientUnknown && ofNobody !== undefined
      ? ofNobody(sources)
      : fact.compute(sources, this);
  }

  #sources(): Pick<FactSources, 'client' | 'isClientUnknown' | 'helo' | 'from' | 'own'> {
    const { envelope } = this.#record;
    const from = parseAddress(envelope?.from ?? '', { smtpUtf8: true });
    return {
      ...this.#client,
      from: from.ok ? from.value : undefined,
      own: this.#own,
    };
  }
}
