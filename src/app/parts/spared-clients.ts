import { networkSet } from '#base/client-address.ts';
import type { ClientAddress, Network, NetworkSet } from '#base/client-address.ts';
import type { Configuration } from '#config/configuration.ts';
import { banSettings } from '#policy/bans/ban-settings.ts';
import { policySettings } from '#policy/policy-settings.ts';
import type { LiveSettings } from '../live-settings.ts';
import { ownAddresses } from './own-addresses.ts';

/**
 * Clients that nothing automatic lists (P-25): our own addresses, networks that are exempt or speak for others (proxies,
 * gateways), those that no ban touches, and named forwarders.
 */
export function sparedClients(
  configuration: Configuration,
  settings: Pick<LiveSettings, 'value'>,
): (client: ClientAddress) => boolean {
  const own = ownAddresses(configuration);
  const named = networkSet(namedNetworks(configuration));
  let given: { readonly key: string; readonly set: NetworkSet } | undefined;
  const isSet = (client: ClientAddress): boolean => {
    const networks = [
      ...settings.value(banSettings.never),
      ...(settings.value(policySettings.forwarders).filter((entry) => entry.includes('/')) as Network[]),
    ];
    const key = networks.join(' ');
    if (given?.key !== key) given = { key, set: networkSet(networks) };
    return given.set.has(client);
  };
  return (client) => own.has(client) || named.has(client) || isSet(client);
}

function namedNetworks({ networks, listeners }: Configuration): readonly Network[] {
  const speakers = new Set(listeners.flatMap((row) => [...row.proxy, ...row.xclient, ...row.gateways]));
  return networks
    .filter(({ name, exempt }) => exempt.length > 0 || speakers.has(name))
    .flatMap(({ addresses }) => addresses);
}
