import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { walk } from '#base/steps.ts';
import { formatAddress, parseAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { domainBytesMax, parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { mailtoAddress, readDmarcRecord } from '#mailauth/dmarc/dmarc-record.ts';
import type { DmarcWorld } from '#mailauth/dmarc/dmarc-outcome.ts';
import { PolicyLookups, organizationalDomain, walkTree } from '#mailauth/dmarc/policy-walk.ts';

/** `later`: the DNS did not answer. */
export type Destination =
  | { readonly kind: 'send'; readonly to: Address; readonly organization: Domain }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'later' };

export interface DestinationWorld extends DmarcWorld {
  readonly isLocal: (domain: string) => boolean;
}

const later: Destination = { kind: 'later' };

/**
 * Whether a report about `policyDomain` may go where its record says: to its own organization, or to a host that
 * publishes that it takes the reports of that domain, and says where (RFC 9990 §4). So nobody can have reports sent to
 * a third party.
 */
export async function judgeDestination(
  uri: string,
  policyDomain: Domain,
  world: DestinationWorld,
): Promise<Destination> {
  const named = readMailbox(uri);
  if (named === undefined) return refused('not a mail address');
  // What we found out ourselves we need not mail to ourselves, and such a report would be mail about mail.
  if (world.isLocal(named.host)) return refused('a domain of this server');
  const lookups = new PolicyLookups(world);
  const [ours, theirs] = await Promise.all([
    organizationOf(policyDomain, lookups),
    organizationOf(named.host, lookups),
  ]);
  if (!ours.ok || !theirs.ok) return later;
  const organization = theirs.value;
  if (ours.value === organization) return { kind: 'send', to: named.address, organization };
  const consent = await askConsent(policyDomain, named, world);
  if (!consent.ok) return consent.error;
  return { kind: 'send', to: consent.value, organization };
}

interface Mailbox {
  readonly address: Address;
  readonly host: Domain;
}

function readMailbox(uri: string): Mailbox | undefined {
  const text = mailtoAddress(uri);
  const address = text === undefined ? undefined : parseAddress(text, { smtpUtf8: true });
  if (address?.ok !== true) return undefined;
  const host = parseDomain(address.value.domain, { allowUnicode: true });
  return host.ok ? { address: address.value, host: host.value } : undefined;
}

async function organizationOf(domain: Domain, lookups: PolicyLookups): Promise<Result<Domain, unknown>> {
  const walked = await walk(walkTree(domain, lookups));
  return walked.ok ? ok(organizationalDomain(domain, walked.value)) : walked;
}

/** RFC 9990 §4, steps 2 to 9: the address that reports really go to. */
async function askConsent(
  policyDomain: Domain,
  { address, host }: Mailbox,
  { resolver }: DestinationWorld,
): Promise<Result<Address, Destination>> {
  const name = `${policyDomain}._report._dmarc.${host}`;
  const unauthorized = err(refused(`${host} does not say that it takes the reports of ${policyDomain}`));
  if (name.length > domainBytesMax) return unauthorized;
  const answer = await resolver.ask(name, 'TXT');
  if (!answer.ok) {
    const isAbsent = answer.error === 'nxdomain' || answer.error === 'nodata';
    return isAbsent ? unauthorized : err(later);
  }
  const records = answer.value.records.flatMap((record) =>
    record.type === 'TXT' ? [readDmarcRecord(record.data)].filter((one) => one !== undefined) : [],
  );
  if (records.length === 0) return unauthorized;
  const overriding = records.flatMap(({ rua }) => rua);
  if (overriding.length === 0) return ok(address);
  const others = overriding.map(readMailbox);
  const [first] = others;
  if (first === undefined || !others.every((one) => one?.host === host))
    return err(refused(`${host} sends reports of ${policyDomain} on to another host`));
  return ok(first.address);
}

function refused(why: string): Destination {
  return { kind: 'refused', why };
}

/** One spelling of an address, so that two spellings do not get two reports. */
export function destinationKey({ local, domain }: Address): string {
  return formatAddress({ local, domain: domain.toLowerCase() as Address['domain'] });
}
