import type { ClientAddress, NetworkSet } from '#base/client-address.ts';
import type { Exemption, ListenerRole, SessionFactory } from '#protocols/conversation.ts';
import type { ConnectionEvents } from './connection-event.ts';
import type { Gate } from './gate.ts';
import type { ConnectionTaker } from './open-connection.ts';
import type { OpenSessions } from './open-sessions.ts';
import type { Timers } from './timers.ts';
import type { TlsContexts } from './tls-context.ts';

export interface ListenerOptions {
  readonly name: string;
  readonly role: ListenerRole;
  /** An IP address to listen on, and a port; 0 takes a free one. */
  readonly address: string;
  readonly port: number;
  readonly tlsMode: 'none' | 'starttls' | 'implicit';
  /** Needed unless `tlsMode` is `none`. */
  readonly tls: TlsContexts | undefined;
  /** A line protocol, or what takes connections over whole. */
  readonly factory: SessionFactory | ConnectionTaker;
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
