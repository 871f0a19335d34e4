import { networkSet, parseClientAddress } from '#base/client-address.ts';
import type { NetworkSet } from '#base/client-address.ts';
import type { Configuration } from '#config/configuration.ts';
import { banSettings } from '#policy/bans/ban-settings.ts';
import type { Strike } from '#policy/bans/ban-book.ts';
import { IntrusionWatch } from '#policy/intrusion/intrusion-watch.ts';
import type { Intrusion } from '#policy/intrusion/intrusion-watch.ts';
import type { KnownPeers } from '#policy/peers/known-peers.ts';
import { Tarpit, tarpitSettings } from '#policy/peers/tarpit.ts';
import type { EventTap } from '#trace/event-tap.ts';
import type { LiveSettings } from '../live-settings.ts';
import type { World } from './world.ts';

export interface WatchParts {
  readonly configuration: Configuration;
  readonly world: World;
  readonly tap: EventTap;
  readonly peers: KnownPeers;
  readonly settings: LiveSettings;
  readonly strike: (strike: Strike) => void;
}

/** Who is exempt from limits, and who speaks for others and is not to blame for them (I-59). */
function sparedNetworks({ networks, listeners }: Configuration): NetworkSet {
  const named = new Set(listeners.flatMap((row) => [...row.proxy, ...row.xclient, ...row.gateways]));
  const rows = networks.filter(({ exempt, name }) => exempt.includes('rate') || named.has(name));
  return networkSet(rows.flatMap((row) => row.addresses));
}

/** What is learned of clients by watching the events: who brings mail, and who attacks (P-32, I-87). */
export function watchEvents({ configuration, world, tap, peers, settings, strike }: WatchParts): Tarpit {
  const { clock } = world;
  const rules = settings.view(banSettings);
  const spared = sparedNetworks(configuration);
  const found = async ({ kind, client: text, count, listener }: Intrusion): Promise<void> => {
    const client = parseClientAddress(text);
    if (client === undefined || !rules.intrusions.includes(kind) || spared.has(client)) return;
    if (await peers.isKnown(client)) return;
    strike({ client, reason: 'intrusion', evidence: { count, listener, note: kind } });
  };
  const intrusions = new IntrusionWatch({ clock, events: tap, found: (intrusion) => void found(intrusion) });
  const mx = new Set(configuration.listeners.filter(({ role }) => role === 'mx').map(({ name }) => name));
  tap.watch((event) => {
    // What went to Junk speaks for nobody: one such message would buy its sender what is kept for those we know.
    if (event.name === 'message-accepted' && mx.has(event.listener) && event.action === 'accept')
      peers.sentMail(event.client);
    else intrusions.watch(event);
  });
  return new Tarpit({
    rules: settings.view(tarpitSettings),
    peers,
    isSuspect: (client) => intrusions.isSuspect(client),
  });
}
