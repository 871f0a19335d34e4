import type { AdminError } from '#admin/errors.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import { holdDataFolder } from '../data-folder.ts';
import { LiveSettings } from '../live-settings.ts';
import { makeFlow } from '../parts/make-flow.ts';
import { openBans } from '../parts/open-bans.ts';
import { openLists } from '../parts/open-lists.ts';
import type { FlowMemory } from '../parts/keep-flow.ts';
import { openFlowMemory } from '../parts/keep-flow.ts';
import { namedNetworks } from '../parts/named-networks.ts';
import { openRelays } from '../parts/open-relays.ts';
import { openReceivedReports } from '../parts/open-received-reports.ts';
import { openRules } from '../parts/open-rules.ts';
import { LayerShares } from '#policy/layers/layer-shares.ts';
import { openOwedReports } from '../parts/open-owed-reports.ts';
import { openTrials } from '../parts/open-trials.ts';
import { makeResolver } from '../parts/make-resolver.ts';
import { openStore } from '../parts/open-store.ts';
import type { World } from '../parts/world.ts';
import { makeAdminWorld } from './admin-world.ts';
import type { StoredParts } from './stored-parts.ts';

/** The data folder held, its store open, its settings read: the ground of a server and of a lone command. */
export interface Stored extends StoredParts {
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
  const owedReports = await openOwedReports(store.settings, world);
  stack.defer(async () => {
    owedReports.book.tend();
    await owedReports.kept();
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
  const receivedReports = await openReceivedReports(store.settings, world);
  stack.defer(() => receivedReports.kept());
  const parts = {
    store,
    settings,
    resolver,
    bans,
    lists,
    relays,
    receivedReports,
    owedReports,
    rules,
    trials,
    layers,
    flow,
  };
  const { secrets } = opened.value;
  const serving = role === 'server';
  return ok({
    ...parts,
    flowMemory,
    makeAdmin: (notices) => makeAdminWorld({ ...parts, configuration, world, secrets, serving, notices }),
  });
}
