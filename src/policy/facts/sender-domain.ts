import { allOf } from '#base/all-of.ts';
import { andThen } from '#base/and-then.ts';
import type { Awaitable, Result } from '#base/result.ts';
import type { DnsAnswer, DnsFailure, Resolver } from '#platform/resolver.ts';
import type { Fact } from '../fact.ts';
import type { SenderDomainFact, SenderFact } from '../fact-table.ts';
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
  compute: ({ resolver }, facts) => andThen(facts.read('sender'), (sender) => ofSender(sender, resolver)),
  record: (fact) => (fact.found === 'no-domain' ? undefined : fact),
};

function ofSender(sender: SenderFact, resolver: Resolver): Awaitable<SenderDomainFact> {
  if (sender.kind === 'null') return { domain: '', found: 'no-domain' };
  const { domain } = sender;
  if (sender.kind === 'literal' || sender.isOwn) return { domain, found: 'no-domain' };
  return andThen(look(resolver, domain), (found) => ({ domain, ...found }));
}

type Found = Pick<SenderDomainFact, 'found' | 'failure'>;

function look(resolver: Resolver, domain: string): Awaitable<Found> {
  return andThen(resolver.ask(domain, 'MX'), (answer) => exchangeSaid(answer, { resolver, domain }));
}

function exchangeSaid(
  answer: Result<DnsAnswer, DnsFailure>,
  { resolver, domain }: { readonly resolver: Resolver; readonly domain: string },
): Awaitable<Found> {
  if (answer.ok) {
    const exchanges = answer.value.records.flatMap((record) =>
      record.type === 'MX' ? [record.exchange] : [],
    );
    // RFC 7505 §3: one MX with an empty name, alone.
    const isNull = exchanges.length === 1 && (exchanges[0] === '' || exchanges[0] === '.');
    return { found: isNull ? 'null-mx' : 'takes-mail' };
  }
  if (answer.error === 'nxdomain') return missing(resolver);
  if (answer.error === 'nodata') return implicit(resolver, domain);
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
  const [ipv4, ipv6] = await allOf([hostsOf(resolver, domain, 'A'), hostsOf(resolver, domain, 'AAAA')]);
  if (ipv4.found === 'addresses' || ipv6.found === 'addresses') return { found: 'takes-mail' };
  const failure: DnsFailure | undefined = [ipv4, ipv6].find(({ found }) => found === 'unanswered')?.failure;
  return failure === undefined ? { found: 'no-host' } : { found: 'unanswered', failure };
}
