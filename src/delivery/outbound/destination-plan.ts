import { allOf } from '#base/all-of.ts';
import { parseClientAddress } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';
import type { DnsFailure, DnsRecord, Resolver } from '#platform/resolver.ts';
import type { Random } from '#platform/random.ts';
import { judgeAddress } from './destination-rules.ts';
import type { AddressVerdict, DestinationRules } from './destination-rules.ts';
import { shuffled } from './shuffled.ts';

/** One address of one host, in the order to be tried. */
export interface Server {
  /** The host's name, or the address of a literal. */
  readonly name: string;
  readonly address: ClientAddress;
}

/** Where mail for a domain goes now, or why nowhere. Texts are ours. */
export type DestinationPlan =
  | { readonly kind: 'servers'; readonly servers: readonly Server[]; readonly way?: Way }
  | { readonly kind: 'failed'; readonly status: string; readonly text: string; readonly forbidden?: Server }
  | { readonly kind: 'later'; readonly status: string; readonly text: string }
  | { readonly kind: 'held'; readonly text: string };

/** Where it is not the usual one: another port, and how much TLS is demanded whatever is remembered of the host. */
export interface Way {
  readonly port: number;
  /** `undefined`: as remembered (S-08). */
  readonly tls: 'encrypted' | 'verified' | undefined;
}

export interface PlanParts {
  readonly resolver: Resolver;
  readonly random: Random;
  readonly rules: DestinationRules;
}

/** Hosts looked at; RFC 5321 §5.1 wants at least two addresses tried. */
const hostsMax = 10;
const addressesPerHostMax = 5;
/** Addresses in a plan. */
export const serversMax = 10;

/** RFC 5321 §5.1, RFC 7505, S-06: which addresses to try for a domain or address literal. */
export async function planDestination(
  parts: PlanParts,
  destination: Domain | `[${string}]`,
  signal: AbortSignal,
): Promise<DestinationPlan> {
  const plan = await askDns(parts, destination, signal);
  // A trial server often has no DNS, or one that lies: whatever DNS says but a private address, its mail waits.
  const isTrial = parts.rules.destinations === 'private';
  return isTrial && 'status' in plan && dnsReasons.has(plan.status)
    ? { kind: 'held', text: heldText(destination) }
    : plan;
}

/** The addresses of one host, by name or address, whatever its MX records are. */
export async function planHost(
  parts: PlanParts,
  host: string,
  signal: AbortSignal,
): Promise<DestinationPlan> {
  const address = parseClientAddress(host);
  if (address === undefined) {
    const looked = await lookUp(parts, [{ name: host, preference: 0 }], signal);
    return settle(looked, heldText(host));
  }
  const verdict = judgeAddress(parts.rules, address);
  const found = [{ server: { name: address, address }, verdict, preference: 0 }];
  return settle({ found, unsure: false }, heldText(host));
}

const noSuchDomain = '5.1.2';
const nullMx = '5.1.10';
const noServer = '5.4.4';
const noAnswer = '4.4.3';
const dnsReasons: ReadonlySet<string> = new Set([noSuchDomain, nullMx, noServer, noAnswer]);

async function askDns(
  parts: PlanParts,
  destination: Domain | `[${string}]`,
  signal: AbortSignal,
): Promise<DestinationPlan> {
  const held = heldText(destination);
  if (destination.startsWith('[')) {
    const text = destination.slice(1, -1).replace(/^IPv6:/i, '');
    return parseClientAddress(text) === undefined
      ? settle({ found: [], unsure: false }, held)
      : planHost(parts, text, signal);
  }
  const mx = await parts.resolver.ask(destination, 'MX', signal);
  if (!mx.ok && mx.error !== 'nodata') return noMx(mx.error, destination);
  // RFC 5321 §5.1: without MX the domain itself is its host.
  const implicit = [{ name: destination as string, preference: 0 }];
  const hosts = mx.ok ? mxHosts(mx.value.records) : implicit;
  if (mx.ok && isNullMx(mx.value.records)) {
    return { kind: 'failed', status: nullMx, text: `${destination} takes no mail (null MX)` };
  }
  const looked = await lookUp(parts, inOrder(hosts, parts.random).slice(0, hostsMax), signal);
  return settle(looked, held);
}

interface MxHost {
  readonly name: string;
  readonly preference: number;
}

interface Found {
  readonly server: Server;
  readonly verdict: AddressVerdict;
  readonly preference: number;
}

interface Looked {
  readonly found: readonly Found[];
  /** A look-up failed for now: what is missing may be there later. */
  readonly unsure: boolean;
}

function noMx(failure: DnsFailure, destination: string): DestinationPlan {
  if (failure === 'nxdomain') {
    return { kind: 'failed', status: noSuchDomain, text: `the domain ${destination} does not exist` };
  }
  return {
    kind: 'later',
    status: noAnswer,
    text: `the MX records of ${destination} cannot be had: ${failure}`,
  };
}

/** RFC 7505 §3; among others `.` means nothing. */
function isNullMx(records: readonly DnsRecord[]): boolean {
  return records.length > 0 && records.every((record) => record.type === 'MX' && record.exchange === '.');
}

/** Names of hosts as they are found: with the underscore that some have, though none should (RFC 1123 §2.1). */
const hostPattern = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;
const hostBytesMax = 253;

function mxHosts(records: readonly DnsRecord[]): readonly MxHost[] {
  return records.flatMap((record) => {
    if (record.type !== 'MX') return [];
    const name = record.exchange.toLowerCase();
    const usable = name.length <= hostBytesMax && hostPattern.test(name);
    return usable ? [{ name, preference: record.preference }] : [];
  });
}

/** By preference, those of one preference by chance. */
function inOrder(hosts: readonly MxHost[], random: Random): readonly MxHost[] {
  return shuffled(hosts, random).sort((a, b) => a.preference - b.preference);
}

async function lookUp(parts: PlanParts, hosts: readonly MxHost[], signal: AbortSignal): Promise<Looked> {
  const looked = await Promise.all(hosts.map((host) => lookUpHost(parts, host, signal)));
  return { found: looked.flatMap((one) => one.found), unsure: looked.some((one) => one.unsure) };
}

async function lookUpHost(parts: PlanParts, host: MxHost, signal: AbortSignal): Promise<Looked> {
  if (parts.rules.ownNames.has(host.name)) {
    const server = { name: host.name, address: '' as ClientAddress };
    return { found: [{ server, verdict: 'self', preference: host.preference }], unsure: false };
  }
  const answers = await allOf(
    (['AAAA', 'A'] as const).map((type) => parts.resolver.ask(host.name, type, signal)),
  );
  const [ipv6 = [], ipv4 = []] = answers.map((answer) =>
    answer.ok ? shuffled(answer.value.records, parts.random).map(addressOf) : [],
  );
  const found = inTurn(ipv6, ipv4)
    .filter((address) => address !== undefined)
    .slice(0, addressesPerHostMax)
    .map((address) => ({
      server: { name: host.name, address },
      verdict: judgeAddress(parts.rules, address),
      preference: host.preference,
    }));
  const unsure = answers.some((one) => !one.ok && one.error !== 'nodata' && one.error !== 'nxdomain');
  return { found, unsure };
}

/** First of one, then of the other: whoever has only one kind of address finds one of that kind among the first. */
function inTurn<T>(one: readonly T[], other: readonly T[]): readonly T[] {
  const longer = one.length > other.length ? one : other;
  return longer.flatMap((_, at) => [...one.slice(at, at + 1), ...other.slice(at, at + 1)]);
}

function addressOf(record: DnsRecord): ClientAddress | undefined {
  return record.type === 'A' || record.type === 'AAAA' ? parseClientAddress(record.data) : undefined;
}

function settle({ found, unsure }: Looked, held: string): DestinationPlan {
  // RFC 5321 §5.1: where we are an exchanger ourselves, those of equal or worse preference would send it back.
  const selfAt = Math.min(...found.filter((one) => one.verdict === 'self').map((one) => one.preference));
  const left = found.filter((one) => one.preference < selfAt);
  const usable = left.filter((one) => one.verdict === 'usable').slice(0, serversMax);
  if (usable.length > 0) return { kind: 'servers', servers: usable.map((one) => one.server) };
  if (left.some((one) => one.verdict === 'held')) return { kind: 'held', text: held };
  if (unsure)
    return { kind: 'later', status: noAnswer, text: 'no address of the mail servers can be had now' };
  const forbidden = left.find((one) => one.verdict === 'forbidden')?.server;
  if (forbidden !== undefined) return { ...leadsNowhere(forbidden), forbidden };
  if (selfAt !== Infinity) {
    return { kind: 'failed', status: '5.4.6', text: 'the mail servers of this domain are ourselves: a loop' };
  }
  return { kind: 'failed', status: noServer, text: 'the domain has no mail server with an address' };
}

function leadsNowhere({ name, address }: Server): Extract<DestinationPlan, { kind: 'failed' }> {
  const text = `${name} leads to ${address}, a private or own address that mail may not be sent to`;
  return { kind: 'failed', status: '5.7.1', text };
}

function heldText(destination: string): string {
  return (
    `held: this trial server sends only to private addresses, not to ${destination}; ` +
    'see docs/guide/your-domain.md for a real domain'
  );
}
