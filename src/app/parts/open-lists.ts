import type { ClientAddress } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import { resolverAddresses } from './make-resolver.ts';
import { withBreaker } from '#platform/resolver-breaker.ts';
import type { Resolver } from '#platform/resolver.ts';
import { KeptRows } from '#policy/kept-rows.ts';
import { DnsListBook } from '#policy/lists/dns-list-book.ts';
import { listSettings } from '#policy/lists/list-settings.ts';
import { ListKeyRing } from '#policy/lists/list-key-ring.ts';
import { publicResolvers } from '#policy/lists/public-resolvers.ts';
import { withListKeys } from '#policy/lists/with-list-keys.ts';
import { BlockFeed } from '#policy/local-lists/block-feed.ts';
import { feedSettings } from '#policy/local-lists/feed-settings.ts';
import { LocalListBook } from '#policy/local-lists/local-list-book.ts';
import { MailHistory } from '#policy/local-lists/mail-history.ts';
import { readEntry } from '#policy/local-lists/read-entry.ts';
import { KnownPeers } from '#policy/peers/known-peers.ts';
import { readPolicyValues } from '#policy/read-policy-values.ts';
import type { Store } from '#store/contract/store.ts';
import type { LiveSettings } from '../live-settings.ts';
import { sparedClients } from './spared-clients.ts';
import type { World } from './world.ts';

/** The lists of this server, for the server and for a lone command alike. */
export interface Lists {
  readonly dns: DnsListBook;
  readonly local: LocalListBook;
  readonly keys: ListKeyRing;
  /** Brings onto the local block list who earned it (P-25). */
  readonly feed: BlockFeed;
  /** Whether somebody has logged in from there lately; nobody has where nobody logs in. */
  knowsDevice: (client: ClientAddress) => Awaitable<boolean>;
  /** Resolves when the last change of the local lists is on disk. */
  kept(): Promise<void>;
}

export interface ListsMaking {
  readonly configuration: Configuration;
  readonly store: Pick<Store, 'settings' | 'counters'>;
  readonly settings: LiveSettings;
  readonly resolver: Resolver;
  readonly world: World;
}

export async function openLists(making: ListsMaking): Promise<Lists> {
  const { configuration, store, settings, resolver, world } = making;
  const stored = store.settings;
  const { clock, events } = world;
  const failed = ({ code }: { readonly code: string }): void =>
    events.emit({ name: 'store-trouble', code, what: 'lists', detail: code });
  const kept = new KeptRows({ settings: stored, namePrefix: 'lists.kept_', failed, read: readEntry });
  const local = new LocalListBook({
    clock,
    changed: (key, entry) => kept.changed(key, entry),
    rules: settings.view(feedSettings),
  });
  local.restore(await kept.load());
  const keys = new ListKeyRing(stored);
  await keys.load();
  const dns = new DnsListBook({
    resolver: withListKeys(withBreaker(resolver, clock), keys),
    clock,
    events,
    keys,
    values: settings.view(listSettings),
    checks: readPolicyValues((row) => settings.value(row)),
    publicResolvers: publicResolvers(resolverAddresses(configuration)),
  });
  const history = new MailHistory({ clock, counters: store.counters });
  const peers = new KnownPeers({ clock, counters: store.counters });
  const feed = new BlockFeed({
    clock,
    events,
    local,
    history,
    rules: settings.view(feedSettings),
    isSpared: sparedClients(configuration, settings),
    isKnown: async (client) => (await lists.knowsDevice(client)) || (await peers.hasSentMail(client)),
  });
  const lists: Lists = {
    dns,
    local,
    keys,
    feed,
    knowsDevice: () => false,
    kept: async () => void (await Promise.all([kept.flush(), history.flush()])),
  };
  return lists;
}
