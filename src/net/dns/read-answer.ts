import type { Answer } from 'dns-packet';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { DnsRecord, RecordType } from '#platform/resolver.ts';
import type { DnsReply } from './dns-exchanged.ts';
import { canonicalName } from './dns-name.ts';

/** RFC 1034 §3.6.2: chains happen, loops must end. */
export const cnamesMax = 8;
/** RFC 2308 §5: negative answers are kept for at most three hours. */
const negativeTtlSMax = 3 * 3600;
/** RFC 8767 §4: nothing is kept longer than a week; a day is enough for mail. */
const ttlSMax = 86_400;
/** What a record takes in memory beside its text. */
const recordBytes = 100;

/** What a reply says about the name and type; `ttlS` for how long it may be kept. */
export interface ReadAnswer {
  readonly result: Result<readonly DnsRecord[], 'nxdomain' | 'nodata'>;
  readonly ttlS: number;
  /** About what it takes to keep it: two octets of a reply may stand for a name of 253 (RFC 1035 §4.1.4). */
  readonly keptBytes: number;
}

/** Follows CNAMEs inside the reply; records of other names in it are not looked at. */
export function readAnswer(reply: DnsReply, name: string, type: RecordType): ReadAnswer {
  let current = name;
  let ttlS = ttlSMax;
  for (let hop = 0; hop <= cnamesMax; hop += 1) {
    const here = reply.answers.filter((one) => canonicalName(one.name) === current);
    const found = here.filter((one) => one.type === type);
    const records = found.map((one) => recordOf(current, one)).filter((one) => one !== undefined);
    if (records.length > 0)
      return {
        result: ok(records),
        ttlS: Math.min(ttlS, shortestTtlS(found)),
        keptBytes: records.reduce((sum, one) => sum + recordBytes + textBytes(one), reply.sizeBytes),
      };
    const alias = here.find((one) => one.type === 'CNAME');
    const target = alias?.type === 'CNAME' ? canonicalName(alias.data) : undefined;
    if (alias === undefined || target === undefined) break;
    ttlS = Math.min(ttlS, shortestTtlS([alias]));
    current = target;
  }
  const result = reply.rcode === 'NXDOMAIN' ? err('nxdomain' as const) : err('nodata' as const);
  return { result, ttlS: Math.min(ttlS, negativeTtlS(reply)), keptBytes: reply.sizeBytes };
}

function textBytes(record: DnsRecord): number {
  if (record.type === 'MX') return record.exchange.length;
  if (record.type === 'SRV') return record.target.length;
  return 'data' in record && typeof record.data === 'string' ? record.data.length : 0;
}

/** RFC 2308 §5: the lesser of the SOA's own TTL and its minimum; without SOA nothing is kept. */
function negativeTtlS(reply: DnsReply): number {
  const { soa } = reply;
  if (soa === undefined) return 0;
  return Math.min(cleanTtlS(soa.ttl), cleanTtlS(soa.minimum), negativeTtlSMax);
}

function shortestTtlS(records: readonly Answer[]): number {
  return Math.min(...records.map((one) => cleanTtlS('ttl' in one ? one.ttl : 0)));
}

/** RFC 2181 §8: a TTL with its highest bit set is 0. */
function cleanTtlS(ttl: number | undefined): number {
  return ttl === undefined || ttl >= 2 ** 31 ? 0 : ttl;
}

function recordOf(name: string, answer: Answer): DnsRecord | undefined {
  switch (answer.type) {
    case 'A':
    case 'AAAA':
      return { type: answer.type, name, data: answer.data };
    case 'PTR':
    case 'CNAME':
    case 'NS':
      return { type: answer.type, name, data: spelled(answer.data) };
    case 'MX':
      return {
        type: 'MX',
        name,
        preference: answer.data.preference ?? 0,
        exchange: spelled(answer.data.exchange),
      };
    case 'TXT':
      return { type: 'TXT', name, data: joinStrings(answer.data) };
    case 'TLSA': {
      const { usage, selector, matchingType: matching, certificate: data } = answer.data;
      return { type: 'TLSA', name, usage, selector, matching, data };
    }
    case 'SRV': {
      const { priority = 0, weight = 0, port, target } = answer.data;
      return { type: 'SRV', name, priority, weight, port, target: spelled(target) };
    }
    case 'SOA':
    case 'CAA':
      return { type: answer.type, name, data: answer.data };
    default:
      return undefined;
  }
}

/** What cannot be asked for is kept as it came; whoever uses it finds it unusable. */
function spelled(name: string): string {
  return canonicalName(name) ?? name;
}

function joinStrings(data: string | Buffer | readonly (string | Buffer)[]): string {
  const parts = Array.isArray(data) ? (data as readonly (string | Buffer)[]) : [data as string | Buffer];
  return parts.map((part) => (typeof part === 'string' ? part : part.toString('latin1'))).join('');
}
