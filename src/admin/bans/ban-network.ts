import type { Network } from '#base/client-address.ts';
import { err, ok } from '#base/result.ts';
import type { Kind } from '#config/kind.ts';
import { problem, shown } from '#config/kind.ts';
import { banNetwork } from '#policy/bans/ban-book.ts';

const description = 'an address or a network like "192.0.2.0/24"; one IPv6 address stands for its /64';

/** What a ban is about, as a person types it. */
export const banNetworkKind: Kind<Network> = {
  description,
  read(value) {
    const network = typeof value === 'string' && value.length <= 64 ? banNetwork(value) : undefined;
    return network === undefined ? err(problem(`must be ${description}, not ${shown(value)}`)) : ok(network);
  },
  fromText: (text) => text,
  write: (value) => value,
};
