import { exchangeUdp } from './dns-exchange.ts';
import type { DnsServer, ExchangeUdp } from './dns-exchange.ts';
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
  const local = servers.filter(({ address }) => isLoopback(address));
  const open = new Map<DnsServer, readonly SharedSocket[]>(local.map((server) => [server, []]));
  return (exchange) => {
    const { server, query, timeoutMs } = exchange;
    const sockets = open.get(server)?.filter(({ isRetired }) => !isRetired);
    if (sockets === undefined) return exchangeUdp(exchange);
    let socket = sockets.find((one) => one.takes(query.id));
    if (socket === undefined && sockets.length < socketsMax) {
      socket = new SharedSocket(server);
      sockets.push(socket);
    }
    open.set(server, sockets);
    return socket === undefined ? exchangeUdp(exchange) : socket.ask(query, timeoutMs);
  };
}
