import { ThreadEngine } from '#backends/system/thread-engine.ts';
import type { Configuration } from '#config/configuration.ts';
import { attachmentEngine } from '#content/attachments/attachment-request.ts';
import { createLocalDelivery } from '#delivery/local/local-delivery.ts';
import { queueLimits } from '#delivery/queue/queue-limits.ts';
import { DownstreamRecipients } from '#delivery/downstream/downstream-recipients.ts';
import { downstreamSettings } from '#delivery/downstream/downstream-settings.ts';
import type { QueueRunner } from '#delivery/queue/queue-runner.ts';
import { createQueueRunner } from '#delivery/queue/queue-runner.ts';
import { createIntake } from '#delivery/receive/create-intake.ts';
import type { Intake, TransactionContext } from '#delivery/receive/intake.ts';
import type { IntakeSettings } from '#delivery/receive/intake-settings.ts';
import { SendingLimits } from '#delivery/receive/sending-limits.ts';
import { accountSendingSettings, relaySendingSettings } from '#delivery/receive/sending-settings.ts';
import { receiveSettings } from '#delivery/receive/receive-settings.ts';
import type { Domain } from '#mail/domain.ts';
import { networkSet, parseClientAddress } from '#base/client-address.ts';
import { createDialer } from '#net/dialer.ts';
import type { Resolver } from '#platform/resolver.ts';
import { createRecipientAsker } from '#protocols/smtp/client/recipient-asker.ts';
import type { Store } from '#store/contract/store.ts';
import type { LiveSettings } from '../live-settings.ts';
import { destinationRules, makeOutbound } from './make-outbound.ts';
import type { Bans } from './open-bans.ts';
import { countedTraces } from '#policy/layers/counted-traces.ts';
import type { OpenOwedReports } from './open-owed-reports.ts';
import { reportSettings } from '#delivery/dmarc-reports/report-settings.ts';
import { reportedTraces } from '#delivery/dmarc-reports/reported-traces.ts';
import type { LayerShares } from '#policy/layers/layer-shares.ts';
import type { Lists } from './open-lists.ts';
import type { Relays } from './open-relays.ts';
import { reportEngine } from '#content/dmarc-reports/report-request.ts';
import { ReportDesk } from '#policy/dmarc-reports/report-desk.ts';
import type { OpenReceivedReports } from './open-received-reports.ts';
import type { Rules } from './open-rules.ts';
import type { Trials } from './open-trials.ts';
import { makeAuthenticationEngine } from './authentication-engine.ts';
import { makePolicy } from './make-policy.ts';
import { dnsServersOf } from './make-resolver.ts';
import { ownAddresses } from './own-addresses.ts';
import { replayQueue } from './replay-queue.ts';
import type { World } from './world.ts';

export interface Delivery {
  readonly intake: Intake;
  readonly runner: QueueRunner;
  /** Once, before sessions are let in. */
  replay(): Promise<void>;
  /** Ends what runs, within the time, and settles what is done. */
  stop(drainMs: number): Promise<void>;
}

export interface DeliveryParts {
  readonly configuration: Configuration;
  readonly store: Store;
  readonly settings: LiveSettings;
  readonly resolver: Resolver;
  readonly lists: Lists;
  readonly bans: Bans;
  readonly relays: Relays;
  readonly receivedReports: OpenReceivedReports;
  readonly trials: Trials;
  readonly layers: LayerShares;
  readonly owedReports: OpenOwedReports;
  readonly rules: Rules;
  readonly world: World;
  /** Where mail for the postmaster of an address literal belongs, now. */
  readonly firstDomain: () => Domain;
}

/** The way of a message from the intake through the queue to mailboxes and other servers (DESIGN §3). */
export function makeDelivery(parts: DeliveryParts): Delivery {
  const { store, world, configuration } = parts;
  const { clock, random, events } = world;
  // Names this process among those before it, whose leases may still run.
  const owner = Buffer.from(random.bytes(9)).toString('base64url');
  const local = createLocalDelivery({ store, clock, events });
  const outbound = makeOutbound({ ...parts, queued: () => runner.wake() });
  const runner = createQueueRunner({ queue: store.queue, local, outbound, clock, random, events, owner });
  const attachments = new ThreadEngine(attachmentEngine);
  const reportThread = new ThreadEngine(reportEngine);
  const authentication = makeAuthenticationEngine(dnsServersOf(configuration), events);
  const reports = new ReportDesk({
    engine: reportThread,
    book: parts.receivedReports.book,
    isOwnDomain: (domain) => store.domains.isLocal(domain),
    clock,
    events,
  });
  const { domains, accounts, messages, queue, blobs } = store;
  const reported = reportedTraces(store.traces, {
    book: parts.owedReports.book,
    from: () => parts.settings.value(reportSettings.from)[0],
  });
  const traces = countedTraces(reported, parts.layers);
  const counted = { domains, accounts, messages, queue, blobs, traces };
  const intake = createIntake({
    store: counted,
    hostname: configuration.hostname,
    clock,
    random,
    settings: intakeSettings(parts),
    events,
    policy: makePolicy({ ...parts, attachments, authentication }),
    relays: parts.relays.book,
    sending: new SendingLimits({
      counters: store.counters,
      clock,
      quotas: {
        account: parts.settings.view(accountSendingSettings),
        relay: parts.settings.view(relaySendingSettings),
      },
    }),
    rules: parts.rules.book,
    downstream: makeDownstream(parts),
    banned: (client) => parts.bans.book.find(client)?.network,
    feed: parts.lists.feed,
    reports,
    lease: { owner, leaseMs: queueLimits.leaseMs, dispatch: (leases) => runner.dispatch(leases) },
  });
  return {
    intake,
    runner,
    async replay() {
      const done = await replayQueue({
        queue: store.queue,
        local,
        world,
        owner,
        dispatch: (leases) => runner.dispatch(leases),
      });
      if (done.ok) return;
      const { code } = done.error;
      events.emit({ name: 'store-trouble', code, what: 'the queue was not replayed', detail: code });
    },
    async stop(drainMs) {
      await runner.stop(drainMs);
      await attachments.close();
      await authentication?.close();
      // What waits is told that there is no turn, and lets go of its files before the store closes.
      await reportThread.close();
      await reports.done();
    },
  };
}

function makeDownstream({ configuration, resolver, world }: DeliveryParts): DownstreamRecipients {
  const { clock, random, events } = world;
  return new DownstreamRecipients({
    asker: createRecipientAsker({ dialer: createDialer(), clock }),
    resolver,
    clock,
    random,
    events,
    rules: destinationRules(configuration),
    hostname: configuration.outbound.hostname,
  });
}

/** The intake reads them for each message, so a changed setting counts for the next one. */
function intakeSettings({ settings, configuration, firstDomain }: DeliveryParts): IntakeSettings {
  const mends = mendedNetworks(configuration, settings);
  return Object.create(settings.view(receiveSettings), {
    partBytesMax: { get: () => settings.value(receiveSettings.partBytesMax) || undefined },
    ownAddresses: { value: ownAddresses(configuration) },
    firstDomain: { get: firstDomain },
    downstreamUnreachable: { get: () => settings.value(downstreamSettings.unreachable) },
    mendsLineEnds: { value: mends },
  }) as IntakeSettings;
}

function mendedNetworks(
  { networks }: Configuration,
  settings: LiveSettings,
): (context: TransactionContext) => boolean {
  const sets = networks.map((row) => ({ name: row.name, addresses: networkSet(row.addresses) }));
  return ({ client }) => {
    const names = settings.value(receiveSettings.mendedNetworks);
    const address = parseClientAddress(client);
    return (
      address !== undefined && sets.some((row) => names.includes(row.name) && row.addresses.has(address))
    );
  };
}
