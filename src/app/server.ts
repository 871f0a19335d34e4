import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Configuration } from '#config/configuration.ts';
import type { Clock } from '#platform/clock.ts';
import type { AccountAuthenticator } from '#identity/create-authenticator.ts';
import { createAuthenticator } from '#identity/create-authenticator.ts';
import { loginLimitSettings } from '#identity/login-limit-settings.ts';
import type { Strike } from '#policy/bans/ban-book.ts';
import { OffenceWatch } from '#policy/local-lists/offence-watch.ts';
import { KnownPeers } from '#policy/peers/known-peers.ts';
import { EventTap } from '#trace/event-tap.ts';
import type { FileCertificates } from '#net/certificates.ts';
import { openCertificates } from '#net/certificates.ts';
import type { Listener } from '#net/listener.ts';
import { OpenSessions } from '#net/open-sessions.ts';
import { collectGarbage } from '#backends/system/collect-garbage.ts';
import { compileSooner } from '#backends/system/compile-sooner.ts';
import { lowerOtherThreads } from '#backends/system/thread-priority.ts';
import { startControlServer } from './control/control-server.ts';
import type { EventLog } from './event-log.ts';
import { AccountKeys } from './keys/account-keys.ts';
import { appSettings } from './settings.ts';
import { FirstDomain } from './parts/first-domain.ts';
import type { Delivery } from './parts/make-delivery.ts';
import { makeDelivery } from './parts/make-delivery.ts';
import { makeFactories } from './parts/make-factories.ts';
import { maintain } from './parts/maintenance.ts';
import { makeReportSender } from './parts/make-report-sender.ts';
import { makeWeb } from './parts/make-web.ts';
import type { Web } from './parts/make-web.ts';
import { openListeners } from './parts/open-listeners.ts';
import { saltSecret } from './parts/salt-secret.ts';
import type { World } from './parts/world.ts';
import { systemWorld } from './parts/world.ts';
import type { WebHandler } from '#web/web-peer.ts';
import { readVersion } from './version.ts';
import { banForLogins, isKnownClient, strikeUnlessKnown } from './parts/automatic-bans.ts';
import { logSettings } from './log-settings.ts';
import { openSyslog } from './parts/open-syslog.ts';
import { keepLayerShares } from './parts/keep-layer-shares.ts';
import { tendTrials } from './parts/tend-trials.ts';
import { watchEvents } from './parts/watch-events.ts';
import type { Stored } from './world/stored.ts';
import { openStored } from './world/stored.ts';

/** CONTRACTS §1 grants ten seconds: sessions and attempts under way have this long, together, and files the rest. */
const drainMs = 6_500;

export interface RunningServer {
  readonly admin: AdminWorld;
  /** Of the certificate that is presented by default. */
  readonly certificateSha256: string | undefined;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly log: EventLog;
  /** The store is open, nobody can connect yet. */
  readonly beforeListening: ((admin: AdminWorld) => Promise<Result<void, AdminError>>) | undefined;
}

/**
 * Puts the server together, once: configuration → secrets → store → delivery → access → listeners → control socket.
 * Whatever was opened is closed again, last first, when a later step fails and when the server stops.
 */
export async function startServer(
  configuration: Configuration,
  { log, beforeListening }: StartOptions,
): Promise<Result<RunningServer, AdminError>> {
  await using stack = new AsyncDisposableStack();
  const tap = new EventTap(log);
  const world = systemWorld(tap);
  const startedMs = world.clock.monotonic();
  const certificates = await readCertificates(configuration, world, stack);
  if (!certificates.ok) return certificates;
  const stored = await openStored(configuration, { world, role: 'server' }, stack);
  if (!stored.ok) return stored;
  tap.watch((event) => stored.value.layers.event(event));
  log.level = () => stored.value.settings.value(appSettings.logLevel);
  log.format = () => stored.value.settings.value(logSettings.format);
  const syslog = openSyslog(configuration.hostname, stored.value.settings);
  stack.defer(() => syslog.close());
  log.also = (event, nowMs) => syslog.tell(event, nowMs);
  const firstDomain = new FirstDomain(stored.value.store.domains, configuration.hostname);
  const delivery = makeDelivery({
    configuration,
    world,
    ...stored.value,
    firstDomain: () => firstDomain.value,
  });
  const drain = new DrainTime(world.clock);
  stack.defer(() => delivery.stop(drain.leftMs));
  const access = await makeAccess(stored.value, world);
  const web = makeWeb(configuration, world);
  const admin = makeServerAdmin({ stored: stored.value, delivery, firstDomain, access, web });
  const prepared = await beforeListening?.(admin);
  if (prepared?.ok === false) return prepared;
  await firstDomain.refresh();
  await delivery.replay();
  // Nobody waits yet.
  collectGarbage();
  compileSooner();
  lowerOtherThreads();
  const listeners = await listen(configuration, {
    world,
    tap,
    stored: stored.value,
    delivery,
    firstDomain,
    access,
    web: web.handler(admin, access.authenticator),
    certificates: certificates.value,
  });
  if (!listeners.ok) return listeners;
  stack.defer(
    async () => void (await Promise.all(listeners.value.map((listener) => listener.close(drain.leftMs)))),
  );
  const control = await startControlServer(configuration.dataDir, admin, log);
  stack.defer(() => control.close());
  startWork({ configuration, stored: stored.value, delivery, world }, stack);
  const ms = Math.round(world.clock.monotonic() - startedMs);
  log.emit({ name: 'server-started', version: readVersion(), listeners: listeners.value.length, ms });
  const held = stack.move();
  const certificateSha256 = certificates.value?.loaded[0]?.sha256;
  const stop = (): Promise<void> => {
    drain.begin();
    return held.disposeAsync();
  };
  return ok({ admin, certificateSha256, stop });
}

/** The time that stopping may take, shared by all that has to end. */
class DrainTime {
  readonly #clock: Clock;
  #endsMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(): void {
    this.#endsMs = this.#clock.monotonic() + drainMs;
  }

  /** None when a start has failed: nothing is under way then. */
  get leftMs(): number {
    return this.#endsMs === undefined ? 0 : Math.max(0, this.#endsMs - this.#clock.monotonic());
  }
}

async function readCertificates(
  { certificates: sources }: Configuration,
  { clock, events }: World,
  stack: AsyncDisposableStack,
): Promise<Result<FileCertificates | undefined, AdminError>> {
  if (sources.length === 0) return ok(undefined);
  const opened = await openCertificates({ sources, events, clock });
  if (!opened.ok) {
    const words = opened.error.map(({ file, detail }) => `${file}: ${detail}`).join('\n');
    return err(adminError('certificate', words, opened.error[0]?.file));
  }
  stack.defer(() => opened.value.close());
  return ok(opened.value);
}

function makeServerAdmin({ stored, delivery, firstDomain, access, web }: AdministeredParts): AdminWorld {
  const admin = stored.makeAdmin({
    queueChanged: () => delivery.runner.retry(),
    accountChanged(account) {
      access.authenticator.forget(account);
      access.sessions.revoke(account);
    },
    async settingChanged() {
      await stored.settings.reload();
      void stored.lists.files.refresh();
    },
    domainsChanged: () => void firstDomain.refresh(),
  });
  return web.admin === undefined ? admin : { ...admin, web: web.admin };
}

/** Who may come in, and who is in. */
interface Access {
  readonly authenticator: AccountAuthenticator;
  readonly sessions: OpenSessions;
}

async function makeAccess({ store, settings, bans }: Stored, world: World): Promise<Access> {
  const sessions = new OpenSessions();
  const authenticator = createAuthenticator({
    accounts: store.accounts,
    ...world,
    traces: store.traces,
    counters: store.counters,
    limits: settings.view(loginLimitSettings),
    overLimit: (evidence) => banForLogins(bans.book, evidence),
    saltSecret: await saltSecret(store.settings, world.random),
    loggedIn: ({ sessionId }, account) => sessions.loggedIn(sessionId, account),
  });
  bans.lifted = (network) => authenticator.forgive(network.slice(0, network.indexOf('/')));
  return { authenticator, sessions };
}

interface AdministeredParts {
  readonly stored: Stored;
  readonly delivery: Delivery;
  readonly firstDomain: FirstDomain;
  readonly access: Access;
  readonly web: Web;
}

interface ServingParts {
  readonly configuration: Configuration;
  readonly world: World;
  readonly stored: Stored;
  readonly delivery: Delivery;
}

async function listen(
  configuration: Configuration,
  parts: Omit<ServingParts, 'configuration'> & {
    readonly tap: EventTap;
    readonly certificates: FileCertificates | undefined;
    readonly firstDomain: FirstDomain;
    readonly access: Access;
    readonly web: WebHandler;
  },
): Promise<Result<readonly Listener[], AdminError>> {
  const { world, stored, delivery, certificates, access } = parts;
  const { store, settings } = stored;
  stored.lists.knowsDevice = (client) => access.authenticator.knows(client);
  const offences = new OffenceWatch({
    clock: world.clock,
    found: (incident) => void stored.lists.feed.incident(incident),
  });
  parts.tap.watch((event) => offences.watch(event));
  const peers = new KnownPeers({ clock: world.clock, counters: store.counters });
  const known = { authenticator: access.authenticator, peers };
  const strike = (one: Strike): void => void strikeUnlessKnown(stored.bans.book, known, one);
  const tarpit = watchEvents({
    configuration,
    world,
    tap: parts.tap,
    peers,
    settings,
    strike,
  });
  const factories = makeFactories({
    tarpit,
    hostname: configuration.hostname,
    firstDomain: () => parts.firstDomain.value,
    store,
    settings,
    world,
    authenticator: access.authenticator,
    intake: delivery.intake,
  });
  return await openListeners(configuration, {
    world,
    settings,
    certificates,
    factories,
    web: parts.web,
    sessions: access.sessions,
    bans: stored.bans.book,
    flow: stored.flow,
    isKnown: (client) => isKnownClient(known, client),
    strike,
  });
}

/** What goes on by itself from now on. */
function startWork(
  { configuration, stored, delivery, world }: ServingParts,
  stack: AsyncDisposableStack,
): void {
  delivery.runner.start();
  const ending = new AbortController();
  const accountKeys = new AccountKeys(stored.store, world.clock);
  const parts = { world, settings: stored.settings, accountKeys };
  const maintenance = maintain(stored.store, parts, ending.signal);
  const keepingFlow = stored.flowMemory.keepOn(ending.signal);
  const files = stored.lists.files.watch(ending.signal);
  const own = stored.lists.own.watch(ending.signal);
  const { trials, settings, layers } = stored;
  const counting = keepLayerShares(layers, world, ending.signal);
  const tending = tendTrials({ trials, stored: stored.store.settings, settings, world }, ending.signal);
  const sender = makeReportSender({
    ...stored,
    configuration,
    world,
    queued: () => delivery.runner.wake(),
  });
  const reporting = sender.run(ending.signal);
  stack.defer(async () => {
    ending.abort();
    await Promise.all([maintenance, keepingFlow, files, own, tending, counting, reporting]);
    await stored.flowMemory.keep();
  });
}
