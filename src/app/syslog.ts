import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { Endpoint } from '#config/kinds/ip-address.ts';
import type { EventLevel } from '#trace/event-row.ts';

/** RFC 5424 §6.2.1: facility `mail`. */
const facility = 2;
const severities: Readonly<Record<EventLevel, number>> = { error: 3, warning: 4, notice: 5, info: 6 };
/** RFC 5426 §3.2: receivers should take 2,048 octets; a longer line is cut. */
const datagramBytesMax = 2048;

export interface SyslogLine {
  readonly level: EventLevel;
  /** RFC 5424 `MSGID`: the event's name. */
  readonly id: string;
  readonly nowMs: number;
  readonly text: string;
}

/** RFC 5424 over UDP (RFC 5426): nothing waits for it, and what is lost is lost; the log itself is on standard error. */
export class Syslog {
  readonly #hostname: string;
  readonly #sockets = new Map<'udp4' | 'udp6', Socket>();

  constructor(hostname: string) {
    this.#hostname = hostname;
  }

  send({ address, port }: Endpoint, line: SyslogLine): void {
    const bytes = Buffer.from(formatSyslog(line, this.#hostname)).subarray(0, datagramBytesMax);
    this.#socketFor(address).send(bytes, port, address, () => undefined);
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  /** Made when first needed, and kept from holding the process. */
  #socketFor(address: string): Socket {
    const type = address.includes(':') ? 'udp6' : 'udp4';
    const found = this.#sockets.get(type);
    if (found !== undefined) return found;
    const socket = createSocket(type);
    socket.on('error', () => undefined).unref();
    this.#sockets.set(type, socket);
    return socket;
  }
}

/** RFC 5424 §6: `<20>1 2026-01-01T00:00:00.000Z mail.example.test postern 4711 login-failed - …` */
export function formatSyslog({ level, id, nowMs, text }: SyslogLine, hostname: string): string {
  const priority = facility * 8 + severities[level];
  return `<${priority}>1 ${new Date(nowMs).toISOString()} ${hostname} postern ${process.pid} ${id} - ${text}`;
}
