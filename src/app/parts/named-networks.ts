import { networkSet } from '#base/client-address.ts';
import type { NetworkSet } from '#base/client-address.ts';
import type { Configuration } from '#config/configuration.ts';
import type { NamedNetworks } from '#policy/flow/flow-rules.ts';
import type { LocalListBook } from '#policy/local-lists/local-list-book.ts';

/**
 * What rules mean by `@NAME`: a `[[network]]`, or the networks on a local list (`@blocklist`, `@allowlist`), as it is at
 * that moment. A `[[network]]` of that name goes before.
 */
export function namedNetworks(
  { networks }: Pick<Configuration, 'networks'>,
  local: Pick<LocalListBook, 'findClient'>,
): NamedNetworks {
  const named = new Map<string, NetworkSet>([
    ['blocklist', { has: (client) => local.findClient('block', client) !== undefined }],
    ['allowlist', { has: (client) => local.findClient('allow', client) !== undefined }],
  ]);
  for (const row of networks) named.set(row.name, networkSet(row.addresses));
  return (name) => named.get(name);
}
