import { err, ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { banNetworkKind } from './ban-network.ts';
import { banWords, showBan } from './show-ban.ts';

export const banRemove = operation({
  name: 'ban remove',
  meaning: 'Let a network in again; what it did before counts no more.',
  input: { network: required(banNetworkKind, { meaning: 'As "ban list" shows it.' }) },
  async run(world, input) {
    const lifted = world.bans.book.remove(input.network);
    await world.bans.kept();
    if (lifted !== undefined) return ok(showBan(lifted));
    return err(adminError('not-found', `${input.network} is not banned: see "postern ban list"`, 'network'));
  },
  render: (ban) => [`${ban.network} is let in again. It was banned for: ${banWords(ban)}.`],
});
