import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Random } from '#platform/random.ts';
import type { RecordType } from '#platform/resolver.ts';
import { exchangeTcp } from './dns-exchange.ts';
import type { DnsServer, ExchangeFailure, ExchangeUdp } from './dns-exchange.ts';
import type { DnsQuery, DnsReply } from './dns-exchanged.ts';
import { spelledByChance } from './dns-name.ts';

export interface AskTimes {
  /** How long each round waits for a server; as many rounds as there are entries. */
  readonly udpMs: readonly number[];
  readonly tcpMs: number;
}

/** With two servers a question ends after at most 18 s. */
export const askTimes: AskTimes = { udpMs: [2_000, 3_000, 4_000], tcpMs: 5_000 };

/** glibc asks three; more only make a failure slower. */
export const dnsServersMax = 3;

export type AskFailure = 'timeout' | 'servfail';

export interface AskParts {
  readonly servers: readonly DnsServer[];
  readonly random: Random;
  readonly exchangeUdp: ExchangeUdp;
  readonly times?: AskTimes;
}

export interface Asked {
  readonly reply: DnsReply;
  readonly server: DnsServer;
}

/** Asks one server after the other, in rounds, until one gives an answer that decides. */
export async function askServers(
  parts: AskParts,
  name: string,
  type: RecordType,
): Promise<Result<Asked, AskFailure>> {
  const times = parts.times ?? askTimes;
  const { random, exchangeUdp } = parts;
  const question = { name, type, random, exchangeUdp };
  const refused: DnsServer[] = [];
  for (const udpMs of times.udpMs) {
    for (const server of parts.servers.slice(0, dnsServersMax)) {
      if (refused.includes(server)) continue;
      const reply = await askServer(server, question, { udpMs, tcpMs: times.tcpMs });
      if (reply.ok && decides(reply.value)) return ok({ reply: reply.value, server });
      if (reply.ok || reply.error !== 'timeout') refused.push(server);
    }
  }
  return err(refused.length > 0 ? 'servfail' : 'timeout');
}

interface Question {
  readonly name: string;
  readonly type: RecordType;
  readonly random: Random;
  readonly exchangeUdp: ExchangeUdp;
}

interface Waits {
  readonly udpMs: number;
  readonly tcpMs: number;
}

/**
 * UDP; TCP when the answer was cut or perhaps forged; without EDNS for a server that does not know it, or another version
 * of it only (RFC 6891 §7, §6.1.3). A server that neither repeats our spelling nor speaks TCP is asked in plain spelling.
 */
async function askServer(
  server: DnsServer,
  question: Question,
  { udpMs, tcpMs }: Waits,
): Promise<Result<DnsReply, ExchangeFailure>> {
  const { name, random, exchangeUdp } = question;
  let edns = true;
  const ask: AskOnce = async (exchange, timeoutMs, plainly = {}) => {
    const reply = await exchange({ server, query: { ...queryOf(question, edns), ...plainly }, timeoutMs });
    if (!edns || !reply.ok || !isWithoutEdns(reply.value)) return reply;
    edns = false;
    return ask(exchange, timeoutMs, plainly);
  };
  const reply = await ask(exchangeUdp, udpMs);
  const again = reply.ok ? reply.value.truncated : reply.error === 'forged' || reply.error === 'respelled';
  if (!again) return reply;
  const overTcp = await ask(exchangeTcp, tcpMs);
  if (overTcp.ok || reply.ok || reply.error !== 'respelled') return overTcp;
  return ask(exchangeUdp, udpMs, { spelled: name, id: random.integer(ids) });
}

type AskOnce = (
  exchange: ExchangeUdp,
  timeoutMs: number,
  plainly?: Partial<DnsQuery>,
) => Promise<Result<DnsReply, ExchangeFailure>>;

const ids = 65_536;

/** With an id and a spelling of its own each time. */
function queryOf({ name, type, random }: Question, edns: boolean): DnsQuery {
  return { id: random.integer(ids), name, spelled: spelledByChance(name, random), type, edns };
}

/** RFC 6891 §7: a server without EDNS says FORMERR, some say NOTIMP. */
function isWithoutEdns(reply: DnsReply): boolean {
  return reply.rcode === 'FORMERR' || reply.rcode === 'NOTIMP' || reply.rcode === 'BADVERS';
}

function decides(reply: DnsReply): boolean {
  return (reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN') && !reply.truncated;
}
