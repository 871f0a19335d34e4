import { err, ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { ipNetwork } from '#config/kinds/ip-address.ts';
import { adminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { relayWords, showRelay } from './show-relay.ts';

export const relayRemove = operation({
  name: 'relay remove',
  meaning: 'Let a network send without a log-in no longer.',
  input: { network: required(ipNetwork, { meaning: 'As "relay list" shows it.' }) },
  async run(world, { network }) {
    const removed = world.relays.book.remove(network);
    await world.relays.kept();
    if (removed !== undefined) return ok(showRelay(removed, world.clock.now()));
    const words = `${network} has no relay entry: see "postern relay list"`;
    return err(adminError('not-found', words, 'network'));
  },
  render: (removed) => [`${removed.network} relays no longer. It did for ${relayWords(removed)}.`],
});
