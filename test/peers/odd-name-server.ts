import { createSocket, type Socket } from 'node:dgram';
import { decode, encode, type Packet } from 'dns-packet';

/** What a name server does with a question for a zone. */
export type Oddity =
  | 'servfail'
  | 'silent'
  | { readonly afterMs: number; readonly answers: readonly string[] };

export interface OddNameServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** A name server on loopback that is slow, silent or broken, zone by zone. */
export async function startOddNameServer(zones: Readonly<Record<string, Oddity>>): Promise<OddNameServer> {
  const socket = createSocket('udp4');
  const timers = new Set<NodeJS.Timeout>();
  socket.on('message', (bytes, peer) => {
    const query = decode(bytes);
    const name = query.questions?.[0]?.name.toLowerCase() ?? '';
    const zone = Object.keys(zones).find((one) => name.endsWith(`.${one}`));
    const oddity = zone === undefined ? 'servfail' : (zones[zone] ?? 'servfail');
    if (oddity === 'silent') return;
    const send = (): void => socket.send(answerTo(query, oddity, name), peer.port, peer.address);
    if (oddity === 'servfail') return send();
    const timer = setTimeout(() => {
      timers.delete(timer);
      send();
    }, oddity.afterMs);
    timers.add(timer);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      return closed(socket);
    },
  };
}

const servfailCode = 2;
const nxdomainCode = 3;
/** QR and RA. */
const answerFlags = 0x80_80;

function answerTo(query: Packet, oddity: Exclude<Oddity, 'silent'>, name: string): Buffer {
  const found = oddity !== 'servfail' && oddity.answers.includes(name);
  const code = found ? 0 : oddity === 'servfail' ? servfailCode : nxdomainCode;
  return encode({
    type: 'response',
    ...(query.id === undefined ? {} : { id: query.id }),
    flags: answerFlags | code,
    questions: query.questions ?? [],
    answers: found
      ? [{ type: 'A', name: query.questions?.[0]?.name ?? name, ttl: 60, data: '127.0.0.2' }]
      : [],
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
