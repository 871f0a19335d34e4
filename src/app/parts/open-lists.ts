import type { ClientAddress } from '#base/client-address.ts';
import type { Awaitable } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import { makeResolverOf, resolverAddresses } from './make-resolver.ts';
import { systemTextFiles } from '#backends/system/system-text-files.ts';
import { withBreaker } from '#platform/resolver-breaker.ts';
import type { Resolver } from '#platform/resolver.ts';
import { KeptRows } from '#policy/kept-rows.ts';
import { registrableDomain } from '#mail/public-suffix.ts';
import { listFileSettings } from '#policy/list-files/file-settings.ts';
import { ListFiles } from '#policy/list-files/list-files.ts';
import { DnsListBook } from '#policy/lists/dns-list-book.ts';
import { listSettings } from '#policy/lists/list-settings.ts';
import { ListKeyRing } from '#policy/lists/list-key-ring.ts';
import { OwnListingWatch } from '#policy/lists/own-listing-watch.ts';
import { OwnResolvers } from '#policy/lists/own-resolvers.ts';
import { publicResolvers } from '#policy/lists/public-resolvers.ts';
import { withListKeys } from '#policy/lists/with-list-keys.ts';
import { BlockFeed } from '#policy/local-lists/block-feed.ts';
import type { ConnectRefusal } from '#policy/local-lists/connect-refusal.ts';
import { feedSettings } from '#policy/local-lists/feed-settings.ts';
import { LocalListBook } from '#policy/local-lists/local-list-book.ts';
import { MailHistory } from '#policy/local-lists/mail-history.ts';
import { readEntry } from '#policy/local-lists/read-entry.ts';
import { isInside, KnownPeers } from '#policy/peers/known-peers.ts';
import { livePolicyValues } from '#policy/read-policy-values.ts';
import type { Store } from '#store/contract/store.ts';
import type { LiveSettings } from '../live-settings.ts';
import { ownAddresses } from './own-addresses.ts';
import { sparedClients } from './spared-clients.ts';
import type { World } from './world.ts';

/** The lists of this server, for the server and for a lone command alike. */
export interface Lists {
  readonly dns: DnsListBook;
  readonly local: LocalListBook;
  readonly keys: ListKeyRing;
  /** Read at each connection. */
  readonly connect: { readonly refuseAtConnect: ConnectRefusal };
  /** Whether we stand on lists ourselves (P-11). */
  readonly own: OwnListingWatch;
  /** Tables of networks, and lists that are kept here. */
  readonly files: ListFiles;
  /** Brings onto the local block list who earned it (P-25). */
  readonly feed: BlockFeed;
  /** Whether somebody has logged in from there lately; nobody has where nobody logs in. */
  knowsDevice: (client: ClientAddress) => Awaitable<boolean>;
  /** Resolves when the last change of the local lists is on disk. */
  kept(): Promise<void>;
}

export interface ListsMaking {
  readonly configuration: Configuration;
  readonly store: Pick<Store, 'settings' | 'counters' | 'domains'>;
  readonly settings: LiveSettings;
  readonly resolver: Resolver;
  readonly world: World;
}

export async function openLists(making: ListsMaking): Promise<Lists> {
  const { store, settings, world } = making;
  const { clock, events } = world;
  const files = makeFiles(making);
  await files.refresh();
  const kept = new KeptRows({
    settings: store.settings,
    namePrefix: 'lists.kept_',
    failed: ({ code }) => events.emit({ name: 'store-trouble', code, what: 'lists', detail: code }),
    read: readEntry,
  });
  const local = new LocalListBook({
    clock,
    origin: (client) => files.origin(client),
    changed: (key, entry) => kept.changed(key, entry),
    rules: settings.view(feedSettings),
  });
  local.restore(await kept.load());
  const keys = new ListKeyRing(store.settings, () => [
    ...settings.value(listSettings.addressZones),
    ...settings.value(listSettings.domainZones),
  ]);
  await keys.load();
  const history = new MailHistory({ clock, counters: store.counters });
  const dns = makeDnsLists(making, { files, keys });
  const lists: Lists = {
    dns,
    local,
    keys,
    own: makeOwnWatch(making, { dns, keys }),
    files,
    connect: settings.view({ refuseAtConnect: listSettings.refuseAtConnect }),
    feed: makeFeed(making, { local, history, knowsDevice: (client) => lists.knowsDevice(client) }),
    knowsDevice: () => false,
    kept: async () => void (await Promise.all([kept.flush(), history.flush()])),
  };
  return lists;
}

function makeFiles({ settings, world: { clock, events } }: ListsMaking): ListFiles {
  const values = settings.view({ ...listFileSettings, addressZones: listSettings.addressZones });
  return new ListFiles({ clock, events, files: systemTextFiles, values });
}

function makeDnsLists(
  { configuration, settings, resolver, world }: ListsMaking,
  { files, keys }: Pick<Lists, 'files' | 'keys'>,
): DnsListBook {
  const { clock, events } = world;
  const values = settings.view(listSettings);
  const keyed = (one: Resolver): Resolver => withListKeys(withBreaker(one, clock), keys);
  return new DnsListBook({
    resolver: keyed(resolver),
    clock,
    events,
    keys,
    values,
    checks: livePolicyValues(settings),
    publicResolvers: publicResolvers(resolverAddresses(configuration)),
    files,
    ownResolvers: new OwnResolvers({ values, make: (servers) => keyed(makeResolverOf(servers, world)) }),
  });
}

function makeOwnWatch(
  { configuration, store, settings, resolver, world }: ListsMaking,
  { dns, keys }: Pick<Lists, 'dns' | 'keys'>,
): OwnListingWatch {
  const { clock, random, events } = world;
  return new OwnListingWatch({
    dns,
    resolver: withListKeys(withBreaker(resolver, clock), keys),
    clock,
    random,
    events,
    rules: settings.view(listSettings),
    own: () => ({
      addresses: [...ownAddresses(configuration), ...configuration.outbound.addresses].filter((address) =>
        isPublic(address),
      ),
      domains: registrable([
        ...store.domains.names(),
        configuration.hostname,
        configuration.outbound.hostname,
      ]),
    }),
  });
}

/** Lists know what is registered; two names of one domain are one question. */
function registrable(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => registrableDomain(name) ?? name))];
}

function isPublic(address: ClientAddress): boolean {
  return !isInside(address) && address !== '0.0.0.0' && address !== '::';
}

function makeFeed(
  { configuration, store, settings, world: { clock, events } }: ListsMaking,
  given: Pick<Lists, 'local' | 'knowsDevice'> & { readonly history: MailHistory },
): BlockFeed {
  const { local, history, knowsDevice } = given;
  const peers = new KnownPeers({ clock, counters: store.counters });
  return new BlockFeed({
    clock,
    events,
    local,
    history,
    rules: settings.view(feedSettings),
    isSpared: sparedClients(configuration, settings),
    isKnown: async (client) => (await knowsDevice(client)) || (await peers.hasSentMail(client)),
  });
}
