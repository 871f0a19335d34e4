import { idTimeMs } from '#base/id.ts';
import type { TraceRecord } from '#trace/record.ts';
import { traceClass } from '#trace/trace-class.ts';
import type { TraceClass } from '#trace/trace-class.ts';
import type { TraceFilter } from './contract/store.ts';

/** Ten characters find a trace (CONTRACTS §4); fewer would find too many. */
export const tracePrefixMin = 10;

/** When it was recorded, milliseconds since 1970. */
export function traceAtMs(record: TraceRecord): number {
  return idTimeMs(record.id);
}

/** Addresses and clients are compared whole and without case. */
export function matchesTrace(record: TraceRecord, filter: TraceFilter): boolean {
  const { sinceMs, from, to, client, action, account } = filter;
  const { envelope, session, verdict } = record;
  return (
    (sinceMs === undefined || traceAtMs(record) >= sinceMs) &&
    (from === undefined || same(envelope?.from, from)) &&
    (to === undefined || (envelope?.to ?? []).some(({ address }) => same(address, to))) &&
    (client === undefined || same(session.client, client)) &&
    (action === undefined || verdict.action === action) &&
    (account === undefined || session.account === account)
  );
}

function same(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

/** Recipients under which one trace can be found. */
const lookupRecipientsMax = 100;

/** What a record can be found by; each becomes a keyed hash where it is stored. */
export function traceLookupsOf(record: TraceRecord): readonly string[] {
  const { envelope, session } = record;
  const to = (envelope?.to ?? []).slice(0, lookupRecipientsMax);
  return [
    ...lookup('from', envelope?.from),
    ...to.flatMap(({ address }) => lookup('to', address)),
    ...lookup('client', session.client),
    ...lookup('account', session.account),
    classLookup(traceClass(record)),
  ];
}

/** By which expiry finds a class without opening records. */
export function classLookup(name: TraceClass): string {
  return `class ${name}`;
}

/** What a filter looks up; all of it must be among `traceLookupsOf`, the rest is compared. */
export function traceLookups({ from, to, client, account }: TraceFilter): readonly string[] {
  return [
    ...lookup('from', from),
    ...lookup('to', to),
    ...lookup('client', client),
    ...lookup('account', account),
  ];
}

function lookup(field: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [`${field} ${value.toLowerCase()}`];
}
