import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { noFailures } from './fake-failures.ts';
import type { FailureSchedule } from './fake-failures.ts';
import type { DnsAnswer, DnsFailure, DnsRecord, RecordType, Resolver } from './resolver.ts';

/**
 * The world's names, as a test sees it. Short forms by type: `A: ['192.0.2.1']`, `MX: ['10 mx.example']`,
 * `TXT: ['v=spf1 -all']`; everything else as `DnsRecord`. A failure instead of records answers all types.
 */
export type ZoneTable = Readonly<Record<string, ZoneEntry | DnsFailure>>;
export type ZoneEntry = Readonly<
  Partial<Record<RecordType, readonly (string | DnsRecord)[] | DnsFailure>>
> & {
  /** The AD bit of answers at this name. */
  readonly authenticated?: boolean;
};

const ttlMs = 300_000;
/** RFC 1034 §3.6.2: chains happen, loops must end. */
const cnamesMax = 8;

export interface FakeResolver extends Resolver {
  /** Questions so far, as `name type`. */
  readonly asked: readonly string[];
}

/** The schedule's `resolve` failures are SERVFAIL. */
export function createFakeResolver(zone: ZoneTable, failures: FailureSchedule = noFailures): FakeResolver {
  const names = namesOf(zone);
  const asked: string[] = [];
  return {
    asked,
    async ask(name, type, signal) {
      asked.push(`${canonical(name)} ${type}`);
      if (signal?.aborted === true) return err('timeout');
      if (failures.fails('resolve')) return err('servfail');
      return answer(names, canonical(name), type);
    },
  };
}

/** The same zone in the memory of a resolver: each answer is there at once, without a promise. */
export function createKnowingResolver(zone: ZoneTable): FakeResolver {
  const names = namesOf(zone);
  const asked: string[] = [];
  return {
    asked,
    ask(name, type) {
      asked.push(`${canonical(name)} ${type}`);
      return answer(names, canonical(name), type);
    },
  };
}

function namesOf(zone: ZoneTable): ReadonlyMap<string, ZoneEntry | DnsFailure> {
  return new Map(Object.entries(zone).map(([name, entry]) => [canonical(name), entry]));
}

function answer(
  names: ReadonlyMap<string, ZoneEntry | DnsFailure>,
  asked: string,
  type: RecordType,
): Result<DnsAnswer, DnsFailure> {
  let name = asked;
  for (let hops = 0; hops <= cnamesMax; hops += 1) {
    const entry = names.get(name);
    if (entry === undefined) return err('nxdomain');
    if (typeof entry === 'string') return err(entry);
    const found = entry[type];
    if (typeof found === 'string') return err(found);
    if (found !== undefined && found.length > 0) {
      const records = found.map((record) => recordFrom(name, type, record));
      return ok({ records, ttlMs, authenticated: entry.authenticated ?? false });
    }
    const alias = entry.CNAME?.[0];
    if (typeof alias !== 'string' || typeof entry.CNAME === 'string') return err('nodata');
    name = canonical(alias);
  }
  return err('servfail');
}

function recordFrom(name: string, type: RecordType, record: string | DnsRecord): DnsRecord {
  if (typeof record !== 'string') return record;
  switch (type) {
    case 'A':
    case 'AAAA':
    case 'PTR':
    case 'CNAME':
    case 'NS':
    case 'TXT':
      return { type, name, data: record };
    case 'MX': {
      const [preference = '0', exchange = '.'] = record.split(' ');
      return { type, name, preference: Number(preference), exchange };
    }
    default:
      throw new Error(`a ${type} record has no short form`);
  }
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
