import { exchangeUdp } from './dns-exchange.ts';
import type { DnsServer, ExchangeUdp } from './dns-exchange.ts';
import type { DnsQuery } from './dns-exchanged.ts';
import { isLoopback } from './dns-servers.ts';
import { SharedSocket } from './shared-socket.ts';

/** Sockets to one server; when all are full, further questions have a socket each. */
const socketsMax = 16;

/**
 * Questions to a resolver on this machine share sockets, which halves what a question costs. Nobody out there can answer
 * in its place: the kernel takes nothing from loopback's addresses off the wire, and a connected socket hears nobody but
 * the resolver's own port. Every other server is asked from a fresh port each time (RFC 5452 §9.2).
 */
export function createLocalSockets(servers: readonly DnsServer[]): ExchangeUdp {
  const open = new Map<DnsServer, SharedSocket[]>();
  for (const server of servers) if (isLoopback(server.address)) open.set(server, []);
  return (exchange) => {
    const { server, query, timeoutMs } = exchange;
    const sockets = open.get(server);
    const socket = sockets === undefined ? undefined : socketFor(query, sockets, server);
    return socket === undefined ? exchangeUdp(exchange) : socket.ask(query, timeoutMs);
  };
}

/** `undefined`: all are full. */
function socketFor({ id }: DnsQuery, sockets: SharedSocket[], server: DnsServer): SharedSocket | undefined {
  const found = sockets.find((one) => one.takes(id));
  if (found !== undefined) return found;
  for (let at = sockets.length - 1; at >= 0; at -= 1)
    if (sockets[at]?.isRetired === true) sockets.splice(at, 1);
  if (sockets.length >= socketsMax) return undefined;
  const socket = new SharedSocket(server);
  sockets.push(socket);
  return socket;
}
