import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { required } from '#config/key.ts';
import { domain } from '#config/kinds/domain.ts';
import { duration } from '#config/kinds/duration.ts';
import { ipNetwork } from '#config/kinds/ip-address.ts';
import { list } from '#config/kinds/list.ts';
import { string } from '#config/kinds/string.ts';
import type { Network } from '#base/client-address.ts';
import { isTooWide } from '#policy/relay/relay-entry.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { adminError } from '../errors.ts';
import type { AdminError } from '../errors.ts';
import { operation } from '../operation.ts';
import { showRelay } from './show-relay.ts';

const dayMs = 86_400_000;
/** Nobody remembers an exception for longer. */
const longestMs = 366 * dayMs;
const sendersMax = 20;

export const relayAdd = operation({
  name: 'relay add',
  meaning:
    'Let the hosts of a network send mail to anyone through this server without a log-in, until a day, under some sender domains. For devices that cannot log in, and for a server behind this one.',
  input: {
    network: required(ipNetwork, {
      meaning: 'Its addresses. Nothing wider than /16 of IPv4 or /32 of IPv6.',
      requirements: ['P-10'],
    }),
    from: required(list(domain, { itemsMin: 1, itemsMax: sendersMax }), {
      meaning: 'Sender domains that they may use, in the envelope and in From, each with all below it.',
    }),
    owner: required(string({ lengthMin: 1, lengthMax: 100 }), { meaning: 'Who answers for it.' }),
    reason: required(string({ lengthMin: 1, lengthMax: 200 }), { meaning: 'Why they cannot log in.' }),
    for: required(duration({ minMs: 60_000, maxMs: longestMs }), {
      meaning: 'For how long; then it ends by itself. At most a year.',
    }),
  },
  async preview(_world, { network, from }) {
    return notTooWide(network, [
      `Whoever has an address of ${network} could send mail to anyone as ${from.join(', ')}, without a log-in.`,
    ]);
  },
  async run(world, { network, from: senders, owner, reason, for: forMs }) {
    const allowed = notTooWide(network, undefined);
    if (!allowed.ok) return allowed;
    const said = { owner: cleanForeignText(owner), reason: cleanForeignText(reason) };
    const added = world.relays.book.add({ network, senders, forMs, ...said });
    if (added === 'full') return err(adminError('conflict', 'there are too many relay entries', network));
    await world.relays.kept();
    return ok(showRelay(added, world.clock.now()));
  },
  render: ({ network, senders, until }) => [
    `Hosts of ${network} may send as ${senders.join(', ')} until ${until}.`,
    'What they send is marked in its trace: postern trace list',
  ],
});

/** P-10: to ask back would only teach people to say yes. */
function notTooWide<T>(network: Network, value: T): Result<T, AdminError> {
  if (!isTooWide(network)) return ok(value);
  const words = `${network} is too wide: that would be an open relay. Name the hosts, or networks up to /16 of IPv4 and /32 of IPv6`;
  return err(adminError('value-invalid', words, 'network'));
}
