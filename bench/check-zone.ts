import { generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { dkimRecord } from '#mailauth/dkim-keys.ts';
import type { DkimKey } from '#store/contract/accounts.ts';

/** Servers that send, each for some domains; a session of the generator speaks for one of them. */
export const hosts = 20;
/** One domain in so many signs with Ed25519 beside RSA-2048, as few do. */
const ed25519Each = 4;
/** One address of the documentation's networks each (RFC 5737): strangers to both servers. */
const hostNetwork = '203.0.113';
const ttlS = 300;
/** RFC 2308 §5, in the SOA: for how long it is known that a name is on no list. */
const negativeTtlS = 60;

export interface SendingHost {
  readonly name: string;
  readonly address: string;
}

export interface SendingDomain {
  readonly name: string;
  readonly host: SendingHost;
  readonly keys: readonly DkimKey[];
}

/** A host that is on Spamhaus' list of addresses, and one without a reverse name. */
export const listedHost: SendingHost = { name: 'mx.bench-listed.com', address: `${hostNetwork}.250` };
export const namelessHost: SendingHost = { name: 'mx.bench-nameless.com', address: `${hostNetwork}.251` };
/** A domain that all lists of domains have. */
export const listedDomain = 'bench-spam.com';
/** Publishes `-all` and `p=reject`, and none of the hosts may send for it. */
export const protectedDomain = 'bench-protected.com';

export function sendingHost(index: number): SendingHost {
  return { name: `mx.bench-host-${String(index)}.com`, address: `${hostNetwork}.${String(10 + index)}` };
}

const generate = promisify(generateKeyPair);

/** `each` domains for each host, with keys of their own. Under real suffixes, since lists are asked for nothing else. */
export async function makeDomains(each: number): Promise<readonly SendingDomain[]> {
  const made: SendingDomain[] = [];
  for (let index = 0; index < hosts * each; index += 1) {
    const wanted =
      index % ed25519Each === 0 ? (['rsa-sha256', 'ed25519-sha256'] as const) : (['rsa-sha256'] as const);
    const keys = await Promise.all(wanted.map(makeKey));
    made.push({ name: `bench-sender-${String(index)}.com`, host: sendingHost(index % hosts), keys });
  }
  return made;
}

async function makeKey(algorithm: DkimKey['algorithm']): Promise<DkimKey> {
  const isRsa = algorithm === 'rsa-sha256';
  const pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } = isRsa
    ? await generate('rsa', { modulusLength: 2048 })
    : await generate('ed25519', {});
  return {
    selector: isRsa ? 'rsa' : 'ed',
    algorithm,
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    record: dkimRecord(algorithm, pair.publicKey),
    active: true,
    createdAtMs: 0,
  };
}

/** Everything that is asked about these senders, and the four lists with the entries by which they show that they live. */
export function zoneRecords(domains: readonly SendingDomain[]): readonly string[] {
  return [
    `. ${String(ttlS)} IN NS a.root.test.`,
    `. ${String(ttlS)} IN SOA a.root.test. nobody.root.test. 1 3600 600 86400 ${String(negativeTtlS)}`,
    ...Array.from({ length: hosts }, (_, index) => hostRecords(sendingHost(index))).flat(),
    ...hostRecords(listedHost),
    `${namelessHost.name}. ${String(ttlS)} IN A ${namelessHost.address}`,
    ...domains.flatMap(domainRecords),
    `${protectedDomain}. ${String(ttlS)} IN MX 10 mx.${protectedDomain}.`,
    text(protectedDomain, 'v=spf1 ip4:192.0.2.1 -all'),
    text(`_dmarc.${protectedDomain}`, 'v=DMARC1; p=reject'),
    `${listedDomain}. ${String(ttlS)} IN MX 10 mx.${listedDomain}.`,
    ...listRecords(),
  ];
}

/** The domain that a host's SPF records are published under, as those of a provider are. */
function providerOf({ name }: SendingHost): string {
  return name.slice('mx.'.length);
}

function hostRecords(host: SendingHost): readonly string[] {
  return [
    `${reversed(host.address)}.in-addr.arpa. ${String(ttlS)} IN PTR ${host.name}.`,
    `${host.name}. ${String(ttlS)} IN A ${host.address}`,
    text(host.name, 'v=spf1 a -all'),
    text(`_spf.${providerOf(host)}`, `v=spf1 ip4:${host.address} ip4:198.51.100.0/28 -all`),
  ];
}

function domainRecords({ name, host, keys }: SendingDomain): readonly string[] {
  return [
    `${name}. ${String(ttlS)} IN MX 10 ${host.name}.`,
    text(name, `v=spf1 include:_spf.${providerOf(host)} -all`),
    text(`_dmarc.${name}`, 'v=DMARC1; p=reject; adkim=r; aspf=r'),
    ...keys.map(({ selector, record }) => text(`${selector}._domainkey.${name}`, record)),
  ];
}

/** RFC 5782 §5: test entries, and what the probes look for. */
function listRecords(): readonly string[] {
  const entries = [
    ['2.0.0.127.zen.spamhaus.org', '127.0.0.2'],
    [`${reversed(listedHost.address)}.zen.spamhaus.org`, '127.0.0.2'],
    ['test.dbl.spamhaus.org', '127.0.1.2'],
    ['dbltest.com.dbl.spamhaus.org', '127.0.1.2'],
    [`${listedDomain}.dbl.spamhaus.org`, '127.0.1.2'],
    ['test.surbl.org.multi.surbl.org', '127.0.0.254'],
    [`${listedDomain}.multi.surbl.org`, '127.0.0.64'],
    ['test.uribl.com.multi.uribl.com', '127.0.0.14'],
    [`${listedDomain}.multi.uribl.com`, '127.0.0.2'],
  ];
  return entries.map(([name = '', address = '']) => `${name}. ${String(ttlS)} IN A ${address}`);
}

function reversed(address: string): string {
  return address.split('.').toReversed().join('.');
}

/** RFC 1035 §3.3: strings of at most 255 octets. */
function text(name: string, value: string): string {
  const strings = value.match(/.{1,255}/g) ?? [''];
  return `${name}. ${String(ttlS)} IN TXT ${strings.map((one) => `"${one}"`).join(' ')}`;
}
