import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { ClientAddress } from '#base/client-address.ts';
import type { NetworkSet } from '#base/client-address.ts';
import { networkSet } from '#base/client-address.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Configuration, ListenerBlock } from '#config/configuration.ts';
import { isLoopback, spellEndpoint } from '#config/kinds/ip-address.ts';
import type { FileCertificates } from '#net/certificates.ts';
import type { FlowControl } from '#net/flow-control.ts';
import type { Gate } from '#net/gate.ts';
import { freely } from '#net/gate.ts';
import { HttpServer } from '#net/http/http-server.ts';
import type { ListenFailure } from '#net/listener.ts';
import { Listener } from '#net/listener.ts';
import type { OpenSessions } from '#net/open-sessions.ts';
import { systemTimers } from '#net/timers.ts';
import type { Certificates } from '#net/tls-context.ts';
import { TlsContexts } from '#net/tls-context.ts';
import type { Exemption, ListenerRole, SessionFactory } from '#protocols/conversation.ts';
import type { BanBook, Strike } from '#policy/bans/ban-book.ts';
import { banSettings } from '#policy/bans/ban-settings.ts';
import { CountedConnections } from '#policy/bans/counted-connections.ts';
import type { WebHandler } from '#web/web-peer.ts';
import { connectionLog } from '../connection-log.ts';
import type { LiveSettings } from '../live-settings.ts';
import { exemptionsOf } from './exemptions-of.ts';
import type { World } from './world.ts';

export interface ListenerParts {
  readonly world: World;
  readonly settings: LiveSettings;
  readonly certificates: FileCertificates | undefined;
  readonly factories: ReadonlyMap<ListenerRole, SessionFactory>;
  /** The administration in the browser. */
  readonly web: WebHandler;
  readonly sessions: OpenSessions;
  readonly bans: BanBook;
  readonly flow: FlowControl;
  /** Mail or a log-in was accepted from there lately. */
  readonly isKnown: (client: ClientAddress) => Promise<boolean>;
  /** Bans a client, if it is nobody's whom we know. */
  readonly strike: (strike: Strike) => void;
}

/** Opens all listeners of the configuration, or none. */
export async function openListeners(
  configuration: Configuration,
  parts: ListenerParts,
): Promise<Result<readonly Listener[], AdminError>> {
  const exemptions = exemptionsOf(configuration);
  const { world, settings, strike } = parts;
  const refused = new CountedConnections({
    strike,
    clock: world.clock,
    rules: settings.view(banSettings),
  });
  const admitted = (block: ListenerBlock) => admissionOf(configuration, block);
  const ranges = (names: readonly string[]) => rangesOf(configuration, names);
  const shared = { ...parts, exemptions, refused, admitted, ranges };
  const opened = await Promise.all(configuration.listeners.map((block) => openOne(block, shared)));
  const listeners = opened.flatMap((one) => (one.ok ? [one.value] : []));
  const failure = opened.find((one) => !one.ok);
  if (failure === undefined) return ok(listeners);
  await Promise.all(listeners.map((listener) => listener.close(0)));
  return failure;
}

/** What all listeners ask together. */
interface SharedParts extends ListenerParts {
  readonly exemptions: (client: ClientAddress) => ReadonlySet<Exemption>;
  readonly refused: CountedConnections;
  readonly admitted: (block: ListenerBlock) => Admission;
  readonly ranges: (names: readonly string[]) => NetworkSet | undefined;
}

/** `undefined`: everyone may connect. */
type Admission = ((client: ClientAddress) => boolean) | undefined;

async function openOne(block: ListenerBlock, parts: SharedParts): Promise<Result<Listener, AdminError>> {
  const { world, certificates, factories, sessions, bans, flow, exemptions, refused } = parts;
  const events = connectionLog(world.events, block.name);
  const factory =
    block.role === 'http'
      ? new HttpServer({ handler: parts.web, timers: systemTimers, events })
      : factories.get(block.role);
  if (factory === undefined) return err(adminError('bug', `no protocol for role ${block.role}`, block.name));
  const tls = certificates === undefined || block.tls === 'none' ? undefined : presented(certificates, block);
  const admits = parts.admitted(block);
  // Nobody is locked out of the administration on the machine itself, nor for what a proxy there brings to it (I-83).
  const isSpared = (client: ClientAddress): boolean => block.role === 'http' && isLoopback(client);
  const counts = (count: (client: ClientAddress, listener: string) => void) => (client: ClientAddress) => {
    if (!isSpared(client)) count(client, block.name);
  };
  const opened = await Listener.open({
    name: block.name,
    role: block.role,
    address: block.address,
    port: block.port,
    tlsMode: block.tls,
    tls: tls === undefined ? undefined : new TlsContexts(tls, () => world.clock.monotonic()),
    factory,
    gate: countedGate(
      flow.gate(block.name, block.role),
      counts((client, name) => refused.opened(client, name)),
    ),
    isKnown: parts.isKnown,
    exemptions,
    ...(admits === undefined ? {} : { admits }),
    banned: (client) => (isSpared(client) ? undefined : bans.find(client)?.network),
    refused: counts((client, name) => refused.refused(client, name)),
    proxies: parts.ranges(block.proxy),
    xclients: parts.ranges(block.xclient),
    gateways: parts.ranges(block.gateways),
    gatewayOnly: block.gatewayOnly,
    newSessionId: () => Buffer.from(world.random.bytes(9)).toString('base64url'),
    sessions,
    timers: systemTimers,
    events,
  });
  return opened.ok ? opened : err(listenError(block, opened.error));
}

/** I-83: each connection of a client that is held to limits is counted. */
function countedGate(gate: Gate, opened: (client: ClientAddress) => void): Gate {
  return {
    admit(client, isExempt, nowMs) {
      const admission = gate.admit(client, isExempt, nowMs);
      if (!isExempt && admission !== freely) opened(client);
      return admission;
    },
    release: (client, admission) => gate.release(client, admission),
  };
}

/** The certificate that the listener names goes to clients that name none. */
function presented(certificates: Certificates, block: ListenerBlock): Certificates {
  return {
    select: (serverName) => certificates.select(serverName),
    default: () => certificates.select(block.certificate) ?? certificates.default(),
    get version() {
      return certificates.version;
    },
  };
}

/** S-01: a listener that names networks is for their clients only. */
function admissionOf(configuration: Configuration, block: ListenerBlock): Admission {
  const admitted = rangesOf(configuration, block.networks);
  return admitted === undefined ? undefined : (client) => admitted.has(client);
}

/** `undefined`: none was named. */
function rangesOf({ networks }: Configuration, names: readonly string[]): NetworkSet | undefined {
  if (names.length === 0) return undefined;
  return networkSet(networks.filter(({ name }) => names.includes(name)).flatMap((row) => row.addresses));
}

/** Names the port and what holds it back, so that one knows what to do. */
export function listenError(
  at: { readonly address: ClientAddress; readonly port: number },
  failure: ListenFailure,
): AdminError {
  const where = spellEndpoint(at);
  switch (failure.code) {
    case 'in-use':
      return adminError('port-busy', `port ${at.port} on ${at.address} is in use by another program`, where);
    case 'forbidden':
      return adminError('port-forbidden', `this user may not listen on port ${at.port}`, where);
    case 'no-such-address':
      return adminError('address-missing', `this machine has no address ${at.address}`, where);
    default:
      return adminError('address-missing', `cannot listen on ${where}: ${failure.detail}`, where);
  }
}
