import { networkSet } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';
import type { Configuration } from '#config/configuration.ts';
import type { Exemption } from '#protocols/conversation.ts';

/** What a client is exempt from: all that the `[[network]]` blocks it lies in say together. */
export function exemptionsOf({
  networks,
}: Pick<Configuration, 'networks'>): (client: ClientAddress) => ReadonlySet<Exemption> {
  const rows = networks
    .filter((row) => row.exempt.length > 0)
    .map((row) => ({ addresses: networkSet(row.addresses), exempt: new Set(row.exempt) }));
  const none: ReadonlySet<Exemption> = new Set();
  return (client) => {
    let all = none;
    for (const { addresses, exempt } of rows)
      if (addresses.has(client)) all = all.size === 0 ? exempt : new Set([...all, ...exempt]);
    return all;
  };
}
