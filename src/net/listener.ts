import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { parseClientAddress, type ClientAddress, type NetworkSet } from '#base/client-address.ts';
import { err, ok, unreachable, type Result } from '#base/result.ts';
import { InFlight } from '#base/in-flight.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type { ConnectionFacts, Exemption, SessionFactory } from '#protocols/conversation.ts';
import type { LimitHit } from './connection-limits.ts';
import { Conversation } from './conversation.ts';
import { Doorkeeper } from './doorkeeper.ts';
import type { DoorVerdict } from './doorkeeper.ts';
import { EndOfRound } from './end-of-round.ts';
import type { Admission } from './gate.ts';
import type { ListenerOptions } from './listener-options.ts';
import { LiveConnection } from './live-connection.ts';
import type { ConnectionTaker, OpenConnection } from './open-connection.ts';
import type { ProxiedEnds } from './proxy-header.ts';
import { ProxyReader } from './proxy-reader.ts';
import { banLine, bypassLine, denialLine, refusalLine } from './refusal-line.ts';
import { SocketWire } from './socket-wire.ts';
import { SpokenFor } from './spoken-for.ts';
import type { MovingFacts } from './spoken-for.ts';

/** How long connections may take to end when the server stops. */
export const drainMs = 10_000;

/** After that a goodbye has this long to be said; then the connection ends without. */
const abortMs = 1000;

export interface ListenFailure {
  readonly code: 'in-use' | 'forbidden' | 'no-such-address' | 'other';
  readonly detail: string;
}

/** A port that accepts connections and lets a session answer each. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #live = new InFlight<OpenConnection>();
  readonly #proxyReader: ProxyReader;
  readonly #door: Doorkeeper;
  readonly #round = new EndOfRound();
  #allGone: (() => void) | undefined;

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#proxyReader = new ProxyReader(options.timers);
    this.#door = new Doorkeeper(options);
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
    const isThere = (): boolean => !socket.destroyed && this.#server.listening;
    const verdict = this.#door.judge({ client, isThere });
    if (!(verdict instanceof Promise)) {
      this.#answer({ socket, client, ends }, verdict);
      return;
    }
    socket.on('error', () => undefined);
    void verdict.then((late) => this.#answer({ socket, client, ends }, late));
  }

  #answer(caller: Omit<Peer, 'exempt'>, verdict: DoorVerdict): void {
    const { socket } = caller;
    switch (verdict.kind) {
      case 'in':
        this.#welcome({ ...caller, exempt: verdict.exempt, admission: verdict.admission });
        return;
      case 'refused':
        this.#refuse(socket, verdict.hit);
        return;
      case 'bypass':
        socket.on('error', () => undefined).end(bypassLine(), () => socket.destroy());
        return;
      case 'banned':
        this.#shutOut(socket);
        return;
      case 'foreign':
      case 'gone':
        socket.on('error', () => undefined).destroy();
        return;
      default:
        unreachable(verdict);
    }
  }

  /** Before TLS, with a word where one can be said; nothing is waited for. */
  #shutOut(socket: Socket): void {
    const { role, tlsMode } = this.#options;
    socket.on('error', () => undefined);
    if (tlsMode === 'implicit') socket.destroy();
    else socket.end(banLine(role), () => socket.destroy());
  }

  #refuse(socket: Socket, limit: LimitHit | 'rule'): void {
    const { role, tlsMode, timers } = this.#options;
    const wire = new SocketWire({ socket, tls: undefined, timers, round: this.#round });
    // A handshake just to say no would cost us more than the peer.
    if (tlsMode !== 'implicit') wire.write(limit === 'rule' ? denialLine(role) : refusalLine(role));
    wire.end('ours');
  }

  #welcome(peer: Peer & { readonly admission: Admission }): void {
    const { socket } = peer;
    const { tls, role, timers, gate, factory } = this.#options;
    if (typeof factory !== 'function') {
      this.#giveTo(peer, factory);
      return;
    }
    const wire = new SocketWire({ socket, timers, round: this.#round, tls: tls && { contexts: tls, role } });
    const gone = (one: LiveConnection): void => {
      this.#live.remove(place, one);
      if (this.#live.size === 0) this.#allGone?.();
    };
    const live = new LiveConnection(wire, peer, { gate, gone });
    const place = this.#live.add(live);
    const welcomed = { ...peer, factory };
    if (this.#options.tlsMode === 'implicit') void this.#shakeHands(live, welcomed);
    else this.#converse(live, { ...welcomed, handshake: undefined });
  }

  #giveTo(peer: Peer & { readonly admission: Admission }, taker: ConnectionTaker): void {
    const { name, role, tls, newSessionId, gate } = this.#options;
    const { socket, client, admission, exempt } = peer;
    const open = taker.take({
      socket,
      tls: tls && { contexts: tls, role },
      facts: { ...this.#factsOf(peer), sessionId: newSessionId(), listener: name, client, exempt },
      over: () => {
        this.#live.remove(place, open);
        gate.release(client, admission);
        if (this.#live.size === 0) this.#allGone?.();
      },
    });
    const place = this.#live.add(open);
  }

  async #shakeHands(live: LiveConnection, peer: Welcomed): Promise<void> {
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
    live: LiveConnection,
    peer: Welcomed & { readonly handshake: TlsFacts | undefined },
    ends: Ends = this.#factsOf(peer),
  ): void {
    const { factory } = peer;
    const { name, role, tlsMode, timers, events, newSessionId, sessions } = this.#options;
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
    const conversation = new Conversation({
      wire: live.wire,
      facts: this.#withBecome(live, facts),
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

  /** A named peer may say whom it speaks for. */
  #withBecome<F extends MovingFacts>(live: LiveConnection, facts: F): F {
    const { xclients, gate, timers } = this.#options;
    const peer = facts.client;
    if (xclients?.has(peer) !== true) return facts;
    const gatewaysOf = (client: ClientAddress): NetworkSet | undefined => this.#gatewaysOf(client);
    const spokenFor = new SpokenFor({ door: this.#door, gate, timers, gatewaysOf, live, facts, peer });
    const become: ConnectionFacts['become'] = (client, port) => spokenFor.become(client, port);
    return Object.assign(facts, { become });
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

interface Peer {
  readonly socket: Socket;
  readonly client: ClientAddress;
  readonly exempt: ReadonlySet<Exemption>;
  /** As a proxy told them. */
  readonly ends: ProxiedEnds | undefined;
}

interface Welcomed extends Peer {
  readonly factory: SessionFactory;
}

interface Ends {
  readonly clientPort: number;
  readonly localAddress: string;
  readonly localPort: number;
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
