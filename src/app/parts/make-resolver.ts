import type { Configuration } from '#config/configuration.ts';
import { spellEndpoint } from '#config/kinds/ip-address.ts';
import type { DnsServer } from '#net/dns/dns-exchange.ts';
import { dnsServers } from '#net/dns/dns-servers.ts';
import { createStubResolver } from '#net/dns/stub-resolver.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { World } from './world.ts';

/** Whom it asks: those that the configuration names, else the system's. */
export function resolverAddresses(configuration: Configuration): readonly string[] {
  return dnsServersOf(configuration).map(({ address }) => address);
}

/** The resolver that the configuration names, else the system's. */
export function makeResolver(configuration: Configuration, { clock, random }: World): Resolver {
  return createStubResolver({ servers: dnsServersOf(configuration), clock, random });
}

/** One that asks these servers only, as `192.0.2.1:53`. */
export function makeResolverOf(
  servers: readonly string[],
  { clock, random }: Pick<World, 'clock' | 'random'>,
): Resolver {
  const found = dnsServers({ servers, trustAd: false });
  if (!found.ok) throw new Error(`not a name server: ${found.error}`);
  return createStubResolver({ servers: found.value, clock, random });
}

/** Those that the configuration names, else the system's. */
export function dnsServersOf({ dns }: Configuration): readonly DnsServer[] {
  const found = dnsServers({ servers: (dns.servers ?? []).map(spellEndpoint), trustAd: dns.trustAd });
  // The configuration has been read into types, and the system's list is filtered: what is left is our own bug.
  if (!found.ok) throw new Error(`not a name server: ${found.error}`);
  return found.value;
}
