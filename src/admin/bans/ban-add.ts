import type { Network } from '#base/client-address.ts';
import { err, ok } from '#base/result.ts';
import { defaulted, optional, required } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
import { duration } from '#config/kinds/duration.ts';
import { string } from '#config/kinds/string.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { banNetworkKind } from './ban-network.ts';
import { showBan } from './show-ban.ts';

/** Wider than this is said twice (P-10). */
const bitsMin = { ipv4: 16, ipv6: 32 };

export const banAdd = operation({
  name: 'ban add',
  meaning: 'Let nobody in from a network, on any listener. The control socket is not concerned.',
  input: {
    network: required(banNetworkKind, { meaning: 'The address or network.' }),
    for: optional(duration({ minMs: 60_000, maxMs: 3650 * 86_400_000 }), {
      meaning: 'For how long; without it, until it is lifted.',
    }),
    reason: optional(string({ lengthMin: 1, lengthMax: 200 }), { meaning: 'Why, for those who look later.' }),
    wide: defaulted(boolean, false, {
      meaning: 'Also for a network wider than /16 of IPv4 or /32 of IPv6.',
      requirements: ['P-10'],
    }),
  },
  harmless: true,
  async preview(_world, input) {
    return ok([`Nobody would be let in from ${input.network}.`]);
  },
  async run(world, input) {
    if (isWide(input.network) && !input.wide)
      return err(
        adminError('value-invalid', `${input.network} is very wide: say --wide if it is meant`, 'network'),
      );
    const note = input.reason === undefined ? undefined : cleanForeignText(input.reason);
    const ban = world.bans.book.add(input.network, { forMs: input.for, note });
    await world.bans.kept();
    return ok(showBan(ban));
  },
  render: (ban) => [
    `Nobody is let in from ${ban.network} ${ban.until === null ? 'until it is lifted' : `until ${ban.until}`}.`,
  ],
});

function isWide(network: Network): boolean {
  const bits = Number(network.slice(network.indexOf('/') + 1));
  return bits < (network.includes(':') ? bitsMin.ipv6 : bitsMin.ipv4);
}
