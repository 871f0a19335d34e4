import type { DnsFailure, Resolver } from '#platform/resolver.ts';
import type { Fact } from '../fact.ts';
import type { SenderDomainFact } from '../fact-table.ts';
import { hostsOf } from './hosts-of.ts';

/**
 * Whether replies and bounces can reach the domain of MAIL FROM (RFC 5321 §5.1): its MX, or without one its addresses.
 * Our own domains are ours to know.
 */
export const senderDomainFact: Fact<'senderDomain'> = {
  name: 'senderDomain',
  stage: 'mail',
  asks: 'dns',
  absent: () => ({ domain: '', found: 'no-domain' }),
  async compute({ resolver }, facts) {
    const sender = await facts.read('sender');
    if (sender.kind === 'null') return { domain: '', found: 'no-domain' };
    if (sender.kind === 'literal' || sender.isOwn) return { domain: sender.domain, found: 'no-domain' };
    return { domain: sender.domain, ...(await look(resolver, sender.domain)) };
  },
  record: (fact) => (fact.found === 'no-domain' ? undefined : fact),
};

type Found = Pick<SenderDomainFact, 'found' | 'failure'>;

async function look(resolver: Resolver, domain: string): Promise<Found> {
  const answer = await resolver.ask(domain, 'MX');
  if (answer.ok) {
    const exchanges = answer.value.records.flatMap((record) =>
      record.type === 'MX' ? [record.exchange] : [],
    );
    // RFC 7505 §3: one MX with an empty name, alone.
    const isNull = exchanges.length === 1 && (exchanges[0] === '' || exchanges[0] === '.');
    return { found: isNull ? 'null-mx' : 'takes-mail' };
  }
  if (answer.error === 'nxdomain') return await missing(resolver);
  if (answer.error === 'nodata') return await implicit(resolver, domain);
  return { found: 'unanswered', failure: answer.error };
}

/**
 * A resolver without a way out may say of every name that it does not exist; one that does not know the root either is
 * not believed, because mail would be refused for good.
 */
async function missing(resolver: Resolver): Promise<Found> {
  const root = await resolver.ask('.', 'NS');
  return root.ok ? { found: 'missing', failure: 'nxdomain' } : { found: 'unanswered', failure: root.error };
}

/** RFC 5321 §5.1: without an MX the domain is its own exchange. */
async function implicit(resolver: Resolver, domain: string): Promise<Found> {
  const [ipv4, ipv6] = await Promise.all([hostsOf(resolver, domain, 'A'), hostsOf(resolver, domain, 'AAAA')]);
  if (ipv4.found === 'addresses' || ipv6.found === 'addresses') return { found: 'takes-mail' };
  const failure: DnsFailure | undefined = [ipv4, ipv6].find(({ found }) => found === 'unanswered')?.failure;
  return failure === undefined ? { found: 'no-host' } : { found: 'unanswered', failure };
}
