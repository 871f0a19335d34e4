import { andThen } from '#base/and-then.ts';
import { parseClientAddress } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Fact } from '../fact.ts';
import type { FactSources } from '../fact-sources.ts';
import type { HeloAddressFact } from '../fact-table.ts';
import { hostsOf } from './hosts-of.ts';
import type { Hosts } from './hosts-of.ts';

/** P-16: whether the name of HELO leads to the client. Only addresses of the client's own family are asked for. */
export const heloAddressFact: Fact<'heloAddress'> = {
  name: 'heloAddress',
  stage: 'helo',
  asks: 'dns',
  compute: (sources) => look(sources),
  ofNobody: () => ({ found: 'unanswered' }),
};

function look({ helo, client, resolver }: FactSources): Awaitable<HeloAddressFact> {
  const name = parseDomain(helo.replace(/\.$/, ''));
  if (!name.ok || !name.value.includes('.')) return { found: 'no-name' };
  const hosts = hostsOf(resolver, name.value, client.includes(':') ? 'AAAA' : 'A');
  return andThen(hosts, (found) => judge(found, client));
}

function judge(hosts: Hosts, client: ClientAddress): HeloAddressFact {
  if (hosts.found === 'unanswered') return { found: 'unanswered', failure: hosts.failure };
  if (hosts.found === 'none') return { found: 'nowhere', failure: hosts.failure };
  const leadsHere = hosts.addresses.some((text) => parseClientAddress(text) === client);
  return { found: leadsHere ? 'client' : 'other' };
}
