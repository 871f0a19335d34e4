import type { ClientAddress } from '#base/client-address.ts';
import type { Clock } from '#platform/clock.ts';
import { createFakeTextFiles } from '#platform/fake-text-files.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { Counters, Settings } from '#store/contract/store.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { TextFiles } from '#platform/text-files.ts';
import { createMemoryCounters } from '#store/memory/memory-counters.ts';
import { silentEvents } from '#trace/events.ts';
import type { EventSink } from '#trace/events.ts';
import { ListFiles } from '../list-files/list-files.ts';
import type { ListFileValues } from '../list-files/list-files.ts';
import { BlockFeed } from '../local-lists/block-feed.ts';
import type { BlockFeedParts } from '../local-lists/block-feed.ts';
import type { ConnectRefusal } from '../local-lists/connect-refusal.ts';
import { feedSettings } from '../local-lists/feed-settings.ts';
import type { FeedRules } from '../local-lists/feed-settings.ts';
import { LocalListBook } from '../local-lists/local-list-book.ts';
import { MailHistory } from '../local-lists/mail-history.ts';
import type { PolicyValues } from '../policy-values.ts';
import { defaultPolicyValues } from '../default-policy-values.fixture.ts';
import { DnsListBook } from './dns-list-book.ts';
import type { ListValues } from './dns-list-book.ts';
import { ListKeyRing } from './list-key-ring.ts';
import { listSettings } from './list-settings.ts';
import type { OwnResolvers } from './own-resolvers.ts';
import { OwnListingWatch } from './own-listing-watch.ts';
import type { OwnWatchParts } from './own-listing-watch.ts';
import { withListKeys } from './with-list-keys.ts';

export interface FixtureLists {
  readonly dns: DnsListBook;
  readonly local: LocalListBook;
  readonly keys: ListKeyRing;
  readonly feed: BlockFeed;
  readonly files: ListFiles;
  readonly own: OwnListingWatch;
  readonly connect: { readonly refuseAtConnect: ConnectRefusal };
  kept(): Promise<void>;
}

export const defaultListValues: ListValues = {
  addressZones: listSettings.addressZones.defaultValue,
  domainZones: listSettings.domainZones.defaultValue,
  lookupsMax: listSettings.lookupsMax.defaultValue,
  publicResolver: listSettings.publicResolver.defaultValue,
};

export const defaultFeedRules: FeedRules = {
  automatic: feedSettings.automatic.defaultValue,
  traps: feedSettings.traps.defaultValue,
  eventsMin: feedSettings.eventsMin.defaultValue,
  windowMs: feedSettings.windowMs.defaultValue,
  forMs: feedSettings.forMs.defaultValue,
  entriesMax: feedSettings.entriesMax.defaultValue,
};

/** Lists as a server has them, over a test's own world. */
export function listsFor(world: {
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly settings: Settings;
  readonly counters?: Counters;
  readonly feed?: Partial<BlockFeedParts>;
  readonly textFiles?: TextFiles;
  readonly fileValues?: Partial<ListFileValues>;
  readonly ownResolvers?: Pick<OwnResolvers, 'of'>;
  readonly own?: ReturnType<OwnWatchParts['own']>;
  readonly feedRules?: Partial<FeedRules>;
  readonly events?: EventSink;
  readonly values?: Partial<ListValues>;
  readonly checks?: Pick<PolicyValues, 'check'>;
  readonly publicResolvers?: readonly string[];
}): FixtureLists {
  const { clock, resolver, settings, events = silentEvents, values = {} } = world;
  const keys = new ListKeyRing(settings, () => [
    ...(values.addressZones ?? []),
    ...(values.domainZones ?? []),
  ]);
  const files = new ListFiles({
    clock,
    events,
    files: world.textFiles ?? createFakeTextFiles(),
    values: { networks: [], zones: [], addressZones: values.addressZones ?? [], ...world.fileValues },
  });
  const origin = (client: ClientAddress) => files.origin(client);
  const local = new LocalListBook({ clock, changed: () => undefined, origin });
  const dns = new DnsListBook({
    resolver: withListKeys(resolver, keys),
    clock,
    events,
    keys,
    values: { ...defaultListValues, ...values },
    checks: world.checks ?? defaultPolicyValues,
    publicResolvers: world.publicResolvers ?? [],
    files,
    ...(world.ownResolvers === undefined ? {} : { ownResolvers: world.ownResolvers }),
  });
  return {
    keys,
    dns,
    own: new OwnListingWatch({
      dns,
      resolver: withListKeys(resolver, keys),
      clock,
      random: createFakeRandom(3),
      events,
      rules: { watchEveryMs: listSettings.watchEveryMs.defaultValue, watchAlso: [], watchAddresses: [] },
      own: () => world.own ?? { addresses: [], domains: [] },
    }),
    local,
    connect: { refuseAtConnect: listSettings.refuseAtConnect.defaultValue },
    files,
    feed: new BlockFeed({
      clock,
      events,
      local,
      history: new MailHistory({ clock, counters: world.counters ?? createMemoryCounters() }),
      rules: { ...defaultFeedRules, ...world.feedRules },
      isSpared: () => false,
      isKnown: () => false,
      ...world.feed,
    }),
    kept: () => Promise.resolve(),
  };
}

/** Of `name` checks, those are on that a test names. */
export function only(...names: readonly string[]): Pick<PolicyValues, 'check'> {
  return {
    check: (name) => ({
      ...defaultPolicyValues.check(name),
      action: names.includes(name) ? 'score' : 'off',
    }),
  };
}
