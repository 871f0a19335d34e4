import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { encodeQuery, readReply } from './dns-message.ts';
import type { DnsQuery, DnsReply } from './dns-exchanged.ts';

export interface DnsServer {
  readonly address: string;
  readonly port: number;
  /** Believe its AD bit (S-09). */
  readonly trustAd: boolean;
}

/**
 * `forged`: many replies to other questions came: ask over TCP, where nobody else can answer. `respelled`: a reply
 * does not repeat our spelling of the name: forged, or from a server that does not echo it.
 */
export type ExchangeFailure = 'timeout' | 'unreachable' | 'garbage' | 'forged' | 'respelled';

/** Replies that belong to no question of ours, before a question is taken to be under attack. */
export const strayRepliesMax = 20;
/** RFC 1035 §4.2.2: two octets of length. */
const tcpReplyOctetsMax = 65_535;

export interface Exchange {
  readonly server: DnsServer;
  readonly query: DnsQuery;
  readonly timeoutMs: number;
}

/** Asks one question over UDP. */
export type ExchangeUdp = (exchange: Exchange) => Promise<Result<DnsReply, ExchangeFailure>>;

/** One question over UDP from a fresh socket: the system picks the port by chance, and only `server` is heard. */
export function exchangeUdp({
  server,
  query,
  timeoutMs,
}: Exchange): Promise<Result<DnsReply, ExchangeFailure>> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
    const hear = hearReplies(query);
    const finish = (result: Result<DnsReply, ExchangeFailure>): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      // A late ICMP error must not become an uncaught exception.
      socket.on('error', () => undefined);
      socket.close();
      resolve(result);
    };
    const timer = setTimeout(() => finish(err('timeout')), timeoutMs);
    socket.on('error', () => finish(err('unreachable')));
    socket.on('message', (bytes) => {
      const result = hear(bytes);
      if (result !== undefined) finish(result);
    });
    socket.on('connect', () => socket.send(encodeQuery(query)));
    connectSocket(() => socket.connect(server.port, server.address), finish);
  });
}

/** What a datagram says to a question: its end, or nothing yet. */
export type HearReply = (bytes: Uint8Array) => Result<DnsReply, ExchangeFailure> | undefined;

/** Holds datagrams against one question until one of them decides it. */
export function hearReplies(query: DnsQuery): HearReply {
  let strays = 0;
  return (bytes) => {
    const reply = readReply(bytes, query);
    if (reply.ok) return reply.value.echoes || isPlain(query) ? reply : err('respelled');
    if (reply.error === 'garbage') return err('garbage');
    strays += 1;
    return strays >= strayRepliesMax ? err('forged') : undefined;
  };
}

/** A question in the one spelling, whose answer may come in any. */
function isPlain({ name, spelled }: DnsQuery): boolean {
  return name === spelled;
}

function connectSocket(
  connectNow: () => void,
  finish: (result: Result<DnsReply, ExchangeFailure>) => void,
): void {
  try {
    connectNow();
  } catch {
    finish(err('unreachable'));
  }
}

/** One question over TCP (RFC 7766), one connection each. */
export function exchangeTcp({
  server,
  query,
  timeoutMs,
}: Exchange): Promise<Result<DnsReply, ExchangeFailure>> {
  return new Promise((resolve) => {
    const socket = connect({ host: server.address, port: server.port });
    let received = Buffer.alloc(0);
    const finish = (result: Result<DnsReply, ExchangeFailure>): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => finish(err('timeout')), timeoutMs);
    socket.on('error', () => finish(err('unreachable')));
    socket.on('close', () => finish(err('unreachable')));
    socket.on('connect', () => socket.write(withLength(encodeQuery(query))));
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      if (received.length > tcpReplyOctetsMax + 2) return finish(err('garbage'));
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const reply = readReply(received.subarray(2, 2 + received.readUInt16BE(0)), query);
      finish(reply.ok ? ok(reply.value) : err('garbage'));
    });
  });
}

function withLength(message: Uint8Array): Uint8Array {
  const framed = Buffer.alloc(message.length + 2);
  framed.writeUInt16BE(message.length);
  framed.set(message, 2);
  return framed;
}
