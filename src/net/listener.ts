import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { parseClientAddress, type ClientAddress, type NetworkSet } from '#base/client-address.ts';
import { err, ok, type Result } from '#base/result.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type { Exemption, ListenerRole, SessionFactory } from '#protocols/conversation.ts';
import type { ConnectionEvents } from './connection-event.ts';
import { Conversation } from './conversation.ts';
import type { Admission, Gate } from './gate.ts';
import type { OpenSessions } from './open-sessions.ts';
import type { ProxiedEnds } from './proxy-header.ts';
import { ProxyReader } from './proxy-reader.ts';
import { banLine, bypassLine, denialLine, refusalLine } from './refusal-line.ts';
import { SocketWire } from './socket-wire.ts';
import type { Timers } from './timers.ts';
import type { TlsContexts } from './tls-context.ts';

/** How long connections may take to end when the server stops. */
export const drainMs = 10_000;

/** S-09: connections of which it is being asked whether they are known. */
const askedAtOnceMax = 256;

/** After that a goodbye has this long to be said; then the connection ends without. */
const abortMs = 1000;

export interface ListenerOptions {
  readonly name: string;
  readonly role: ListenerRole;
  /** An IP address to listen on, and a port; 0 takes a free one. */
  readonly address: string;
  readonly port: number;
  readonly tlsMode: 'none' | 'starttls' | 'implicit';
  /** Needed unless `tlsMode` is `none`. */
  readonly tls: TlsContexts | undefined;
  readonly factory: SessionFactory;
  readonly gate: Gate;
  /** What the network of an address is exempt from. */
  readonly exemptions: (client: ClientAddress) => ReadonlySet<Exemption>;
  /** Whose clients it is for; without it, everyone's. Asked before all else. */
  readonly admits?: (client: ClientAddress) => boolean;
  /** The banned network that this client belongs to, if it is to be kept out (I-80). */
  readonly banned?: (client: ClientAddress) => string | undefined;
  /** Mail or a log-in was accepted from there lately: near the end of a total there is room left for such (S-09). */
  readonly isKnown?: (client: ClientAddress) => Promise<boolean>;
  /** Told of each client that met a limit of its own (I-83). */
  readonly refused?: (client: ClientAddress) => void;
  /** Named proxies: connections come from them, with a PROXY header, or not at all. */
  readonly proxies?: NetworkSet | undefined;
  /** Named peers that may say XCLIENT. */
  readonly xclients?: NetworkSet | undefined;
  /** Named gateways, which bring mail of others (I-59). */
  readonly gateways?: NetworkSet | undefined;
  /** Nobody but `gateways` is let in. */
  readonly gatewayOnly?: boolean;
  readonly newSessionId: () => string;
  /** Those of all listeners, so that an account's own can be ended. */
  readonly sessions?: OpenSessions;
  readonly timers: Timers;
  readonly events: ConnectionEvents;
  /** Several threads on one port. */
  readonly reusePort?: boolean;
}

export interface ListenFailure {
  readonly code: 'in-use' | 'forbidden' | 'no-such-address' | 'other';
  readonly detail: string;
}

/** A port that accepts connections and lets a session answer each. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #live = new Set<Live>();
  readonly #proxyReader: ProxyReader;
  #allGone: (() => void) | undefined;
  #asking = 0;

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#proxyReader = new ProxyReader(options.timers);
    // Half-open: a client that has said everything still hears the answers.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  static async open(options: ListenerOptions): Promise<Result<Listener, ListenFailure>> {
    const listener = new Listener(options);
    const failure = await listener.#listen();
    return failure === undefined ? ok(listener) : err(failure);
  }

  get name(): string {
    return this.#options.name;
  }

  /** The port in use, also where 0 was asked for. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return (this.#server.address() as AddressInfo).address;
  }

  get connectionCount(): number {
    return this.#live.size;
  }

  /**
   * Accepts no more and lets every session say goodbye: at once, or when the message ends that is under way; what is
   * left after `ms` is interrupted.
   */
  async close(ms: number = drainMs): Promise<void> {
    this.#server.close();
    this.#proxyReader.close();
    for (const live of this.#live) live.drain();
    if (this.#live.size === 0) return;
    const gone = new Promise<void>((resolve) => {
      this.#allGone = resolve;
    });
    const { timers } = this.#options;
    let stop = timers.after(ms, () => {
      for (const live of this.#live) live.drainNow();
      stop = timers.after(abortMs, () => {
        for (const live of this.#live) live.abort();
        this.#allGone?.();
      });
    });
    await gone;
    stop();
  }

  #listen(): Promise<ListenFailure | undefined> {
    const { address, port, reusePort, name, events } = this.#options;
    return new Promise((resolve) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => resolve(failureOf(error)));
      this.#server.listen(
        { host: address, port, backlog: 4096, ipv6Only: true, ...(reusePort === true && { reusePort }) },
        () => {
          this.#server.removeAllListeners('error');
          this.#server.on('error', ({ message }) =>
            events({ kind: 'listener-trouble', listener: name, detail: message }),
          );
          resolve(undefined);
        },
      );
    });
  }

  #accept(socket: Socket): void {
    const client = parseClientAddress(socket.remoteAddress ?? '');
    if (client === undefined) {
      // Already gone again.
      socket.on('error', () => undefined).destroy();
      return;
    }
    if (this.#options.proxies === undefined) this.#judge(socket, client, undefined);
    else this.#readProxy(socket, client, this.#options.proxies);
  }

  /** Whoever comes past the proxies could claim any address. */
  #readProxy(socket: Socket, proxy: ClientAddress, proxies: NetworkSet): void {
    const refuse = (why: string): void => {
      this.#options.events({ kind: 'proxy-refused', listener: this.#options.name, client: proxy, why });
      socket.on('error', () => undefined).destroy();
    };
    if (!proxies.has(proxy)) {
      refuse('it is no proxy that is named');
      return;
    }
    this.#proxyReader.read(socket, (header) => {
      if (header.ok) this.#judge(socket, header.value?.client ?? proxy, header.value);
      else refuse(header.error);
    });
  }

  /** The client as it came, or as the proxy says. */
  #judge(socket: Socket, client: ClientAddress, ends: ProxiedEnds | undefined): void {
    const { gate, timers, banned, admits, xclients, gateways, name, events } = this.#options;
    if (admits?.(client) === false) {
      events({ kind: 'connection-foreign', listener: name, client });
      socket.on('error', () => undefined).destroy();
      return;
    }
    if (this.#isBypass(client)) {
      this.#turnToGateway(socket, client);
      return;
    }
    // Who speaks for others is not blamed for them: each whom it names is judged for himself.
    const speaksForOthers = xclients?.has(client) === true || gateways?.has(client) === true;
    const network = speaksForOthers ? undefined : banned?.(client);
    if (network !== undefined) {
      this.#shutOut(socket, client, network);
      return;
    }
    const exempt = this.#options.exemptions(client);
    const admission = gate.admit(client, speaksForOthers || exempt.has('rate'), timers.now());
    if (admission.hit === undefined) this.#welcome({ socket, client, exempt, admission, ends });
    else if (admission.ifKnown === undefined) this.#refuse(socket, client, admission);
    else void this.#refuseUnlessKnown({ socket, client, exempt, ends }, admission);
  }

  #isBypass(client: ClientAddress): boolean {
    const { gatewayOnly, gateways } = this.#options;
    return gatewayOnly === true && gateways?.has(client) !== true;
  }

  /** I-59: whoever may be judged only by what the gateway knows shall not come past it. */
  #turnToGateway(socket: Socket, client: ClientAddress): void {
    this.#options.events({ kind: 'gateway-bypassed', listener: this.#options.name, client });
    socket.on('error', () => undefined).end(bypassLine(), () => socket.destroy());
  }

  /** Before TLS, with a word where one can be said; nothing is waited for. */
  #shutOut(socket: Socket, client: ClientAddress, network: string): void {
    const { name, role, tlsMode, events } = this.#options;
    events({ kind: 'connection-banned', listener: name, client, network });
    socket.on('error', () => undefined);
    if (tlsMode === 'implicit') socket.destroy();
    else socket.end(banLine(role), () => socket.destroy());
  }

  /** Strangers may fill a listener, but not keep those out whom we know. */
  async #refuseUnlessKnown(peer: Peer, refused: Refused): Promise<void> {
    const { isKnown, timers } = this.#options;
    const { socket, client } = peer;
    if (isKnown === undefined || this.#asking >= askedAtOnceMax) {
      this.#refuse(socket, client, refused);
      return;
    }
    socket.on('error', () => undefined);
    this.#asking += 1;
    const known = await isKnown(client).catch(() => false);
    this.#asking -= 1;
    if (socket.destroyed || !this.#server.listening) {
      socket.destroy();
      return;
    }
    const admission = (known ? refused.ifKnown?.(timers.now()) : undefined) ?? refused;
    if (admission.hit === undefined) this.#welcome({ ...peer, admission });
    else this.#refuse(socket, client, admission);
  }

  #refuse(socket: Socket, client: ClientAddress, { hit: limit, rule }: Refused): void {
    const { name, role, tlsMode, timers, events } = this.#options;
    events({ kind: 'connection-refused', listener: name, client, limit, rule });
    if (limit.endsWith('per-address')) this.#options.refused?.(client);
    const wire = new SocketWire({ socket, tls: undefined, timers });
    // A handshake just to say no would cost us more than the peer.
    if (tlsMode !== 'implicit') wire.write(limit === 'rule' ? denialLine(role) : refusalLine(role));
    wire.end('ours');
  }

  #welcome(peer: Peer & { readonly admission: Admission }): void {
    const { socket } = peer;
    const { tls, role, timers } = this.#options;
    const wire = new SocketWire({ socket, timers, tls: tls && { contexts: tls, role } });
    const live = new Live(wire, peer, () => {
      this.#live.delete(live);
      this.#options.gate.release(live.client, live.admission);
      if (this.#live.size === 0) this.#allGone?.();
    });
    this.#live.add(live);
    if (this.#options.tlsMode === 'implicit') void this.#shakeHands(live, peer);
    else this.#converse(live, { ...peer, handshake: undefined });
  }

  async #shakeHands(live: Live, peer: Peer): Promise<void> {
    const { events, newSessionId } = this.#options;
    // The addresses are gone from the socket once it is closed.
    const converse = this.#factsOf(peer);
    const secured = await live.wire.secure();
    if (secured.ok) {
      this.#converse(live, { ...peer, handshake: secured.value }, converse);
      return;
    }
    const { detail } = secured.error;
    events({ kind: 'tls-failed', sessionId: newSessionId(), client: peer.client, detail });
    live.wire.destroy();
    live.over();
  }

  #converse(
    live: Live,
    peer: Peer & { readonly handshake: TlsFacts | undefined },
    ends: Ends = this.#factsOf(peer),
  ): void {
    const { name, role, tlsMode, factory, timers, events, newSessionId, sessions } = this.#options;
    const sessionId = newSessionId();
    const facts = {
      ...ends,
      sessionId,
      listener: name,
      role,
      client: peer.client,
      tls: peer.handshake,
      tlsMode,
      exempt: peer.exempt,
      gateways: this.#gatewaysOf(peer.client),
      isClientUnknown: false,
    };
    const mayBecome = this.#options.xclients?.has(peer.client) === true;
    const become = (client: string, clientPort: number | undefined): boolean =>
      client === 'unknown'
        ? this.#becomeUnknown(live, facts, peer.client)
        : this.#become(live, facts, { client, clientPort });
    const conversation = new Conversation({
      wire: live.wire,
      facts: mayBecome ? Object.assign(facts, { become }) : facts,
      factory,
      timers,
      events,
      over: () => {
        sessions?.closed(sessionId);
        live.over();
      },
    });
    live.conversation = conversation;
    sessions?.opened(sessionId, () => conversation.revoke());
    conversation.open();
    if (live.draining) conversation.drain();
  }

  /** XCLIENT: who speaks through the peer is judged as if it had come itself; what it was let in as is given back. */
  #become(
    live: Live,
    facts: MovingFacts,
    { client: text, clientPort = 0 }: { readonly client: string; readonly clientPort: number | undefined },
  ): boolean {
    const { gate, timers, banned, admits, exemptions, events, name } = this.#options;
    const client = parseClientAddress(text);
    if (client === undefined) return false;
    if (admits?.(client) === false) {
      events({ kind: 'connection-foreign', listener: name, client });
      return false;
    }
    const network = banned?.(client);
    if (network !== undefined) {
      events({ kind: 'connection-banned', listener: name, client, network });
      return false;
    }
    const exempt = exemptions(client);
    const admission = gate.admit(client, exempt.has('rate'), timers.now());
    if (admission.hit !== undefined) {
      events({
        kind: 'connection-refused',
        listener: name,
        client,
        limit: admission.hit,
        rule: admission.rule,
      });
      if (admission.hit.endsWith('per-address')) this.#options.refused?.(client);
      return false;
    }
    gate.release(live.client, live.admission);
    live.client = client;
    live.admission = admission;
    const gateways = this.#gatewaysOf(client);
    Object.assign(facts, { client, clientPort, exempt, gateways, isClientUnknown: false });
    return true;
  }

  /** Who comes is not known: no network's exemptions are his, and the peer that brings him stands for him. */
  #becomeUnknown(live: Live, facts: MovingFacts, peer: ClientAddress): boolean {
    const { gate, timers } = this.#options;
    const admission = gate.admit(peer, true, timers.now());
    if (admission.hit !== undefined) return false;
    gate.release(live.client, live.admission);
    live.client = peer;
    live.admission = admission;
    const unknown = { clientPort: 0, exempt: noExemption, gateways: undefined, isClientUnknown: true };
    Object.assign(facts, { client: peer, ...unknown });
    return true;
  }

  #gatewaysOf(client: ClientAddress): NetworkSet | undefined {
    const { gateways } = this.#options;
    return gateways?.has(client) === true ? gateways : undefined;
  }

  #factsOf({ socket, ends }: Peer): Ends {
    if (ends !== undefined) {
      const { clientPort, localAddress, localPort } = ends;
      return { clientPort, localAddress, localPort };
    }
    return {
      clientPort: socket.remotePort ?? 0,
      localAddress: parseClientAddress(socket.localAddress ?? '') ?? this.#options.address,
      localPort: socket.localPort ?? this.#options.port,
    };
  }
}

type Refused = Exclude<Admission, { readonly hit: undefined }>;

interface Peer {
  readonly socket: Socket;
  readonly client: ClientAddress;
  readonly exempt: ReadonlySet<Exemption>;
  /** As a proxy told them. */
  readonly ends: ProxiedEnds | undefined;
}

/** What XCLIENT changes of a connection's facts; events that follow name the new client. */
interface MovingFacts {
  client: ClientAddress;
  clientPort: number;
  exempt: ReadonlySet<Exemption>;
  gateways: NetworkSet | undefined;
  isClientUnknown: boolean;
}

const noExemption: ReadonlySet<Exemption> = new Set();

interface Ends {
  readonly clientPort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

/** One connection, from its acceptance on; its conversation begins once TLS stands where that is implicit. */
class Live {
  readonly wire: SocketWire;
  readonly over: () => void;
  /** As whom it was let in. */
  client: ClientAddress;
  admission: Admission;
  conversation: Conversation | undefined;
  draining = false;

  constructor(wire: SocketWire, peer: Pick<Live, 'client' | 'admission'>, over: () => void) {
    this.wire = wire;
    this.client = peer.client;
    this.admission = peer.admission;
    this.over = over;
  }

  drain(): void {
    this.draining = true;
    if (this.conversation === undefined) this.wire.destroy();
    else this.conversation.drain();
  }

  drainNow(): void {
    if (this.conversation === undefined) this.wire.destroy();
    else this.conversation.drainNow();
  }

  abort(): void {
    if (this.conversation === undefined) this.wire.destroy();
    else this.conversation.abort('shutdown');
  }
}

function failureOf(error: NodeJS.ErrnoException): ListenFailure {
  switch (error.code) {
    case 'EADDRINUSE':
      return { code: 'in-use', detail: error.message };
    case 'EACCES':
      return { code: 'forbidden', detail: error.message };
    case 'EADDRNOTAVAIL':
      return { code: 'no-such-address', detail: error.message };
    default:
      return { code: 'other', detail: error.message };
  }
}
