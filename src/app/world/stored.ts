import type { AdminError } from '#admin/errors.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import { holdDataFolder } from '../data-folder.ts';
import { LiveSettings } from '../live-settings.ts';
import type { FlowControl } from '#net/flow-control.ts';
import { makeFlow } from '../parts/make-flow.ts';
import type { Bans } from '../parts/open-bans.ts';
import { openBans } from '../parts/open-bans.ts';
import type { Lists } from '../parts/open-lists.ts';
import { openLists } from '../parts/open-lists.ts';
import type { FlowMemory } from '../parts/keep-flow.ts';
import { openFlowMemory } from '../parts/keep-flow.ts';
import { namedNetworks } from '../parts/named-networks.ts';
import type { Relays } from '../parts/open-relays.ts';
import { openRelays } from '../parts/open-relays.ts';
import type { Reports } from '../parts/open-reports.ts';
import { openReports } from '../parts/open-reports.ts';
import type { Rules } from '../parts/open-rules.ts';
import { openRules } from '../parts/open-rules.ts';
import { LayerShares } from '#policy/layers/layer-shares.ts';
import type { DmarcReports } from '../parts/open-dmarc-reports.ts';
import { openDmarcReports } from '../parts/open-dmarc-reports.ts';
import type { Trials } from '../parts/open-trials.ts';
import { openTrials } from '../parts/open-trials.ts';
import { makeResolver } from '../parts/make-resolver.ts';
import { openStore } from '../parts/open-store.ts';
import type { World } from '../parts/world.ts';
import { makeAdminWorld } from './admin-world.ts';

/** The data folder held, its store open, its settings read: the ground of a server and of a lone command. */
export interface Stored {
  readonly store: SqliteStore;
  readonly settings: LiveSettings;
  readonly resolver: Resolver;
  readonly bans: Bans;
  readonly lists: Lists;
  readonly relays: Relays;
  readonly reports: Reports;
  readonly rules: Rules;
  readonly trials: Trials;
  readonly layers: LayerShares;
  readonly dmarcReports: DmarcReports;
  readonly flow: FlowControl;
  readonly flowMemory: FlowMemory;
  makeAdmin(notices: AdminWorld['notices']): AdminWorld;
}

/** @param stack closes everything, last opened first */
export async function openStored(
  configuration: Configuration,
  { world, role }: { readonly world: World; readonly role: 'server' | 'command' },
  stack: AsyncDisposableStack,
): Promise<Result<Stored, AdminError>> {
  const lock = holdDataFolder(configuration.dataDir);
  if (!lock.ok) return lock;
  stack.defer(() => lock.value.release());
  const opened = await openStore(configuration, world, role);
  if (!opened.ok) return opened;
  const { store } = opened.value;
  stack.defer(() => store.close());
  const settings = new LiveSettings(store.settings, world.events);
  await settings.reload();
  const bans = await openBans(store.settings, settings, world);
  stack.defer(() => bans.kept());
  const resolver = makeResolver(configuration, world);
  const lists = await openLists({ configuration, store, settings, resolver, world });
  stack.defer(() => lists.kept());
  const networks = namedNetworks(configuration, lists.local);
  const trials = await openTrials(store.settings, settings, world);
  stack.defer(() => trials.kept());
  const dmarcReports = await openDmarcReports(store.settings, world);
  stack.defer(async () => {
    dmarcReports.book.tend();
    await dmarcReports.kept();
  });
  const outside = configuration.listeners.filter((listener) => listener.role === 'mx');
  const listeners = new Set(outside.map(({ name }) => name));
  const layers = new LayerShares({ counters: store.counters, listeners });
  const flow = makeFlow(configuration, settings, networks);
  const flowMemory = await openFlowMemory(flow, store.settings, world);
  const rules = await openRules({ stored: store.settings, settings, networks, world });
  stack.defer(() => rules.kept());
  const relays = await openRelays(store.settings, world);
  stack.defer(() => relays.kept());
  const reports = await openReports(store.settings, world);
  stack.defer(() => reports.kept());
  return ok({
    store,
    settings,
    resolver,
    bans,
    lists,
    relays,
    reports,
    rules,
    trials,
    layers,
    dmarcReports,
    flow,
    flowMemory,
    makeAdmin: (notices) =>
      makeAdminWorld({
        configuration,
        world,
        resolver,
        bans,
        lists,
        relays,
        reports,
        rules,
        trials,
        layers,
        dmarcReports,
        flow,
        liveSettings: settings,
        ...opened.value,
        serving: role === 'server',
        notices,
      }),
  });
}
