import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { decode, encode } from 'dns-packet';
import type { DecodedPacket, OptAnswer, Packet } from 'dns-packet';

/**
 * For tests: answers a question, whose name comes in lower case, with messages, raw bytes or silence. The name goes
 * back as it was spelled, unless it does not echo.
 */
export type FakeDnsAnswer = (query: DecodedPacket, over: 'udp' | 'tcp') => readonly (Packet | Uint8Array)[];

export interface FakeDnsServer {
  readonly port: number;
  /** Questions so far, as `udp name type`. */
  readonly asked: readonly string[];
  /** The names as they were spelled. */
  readonly spellings: readonly string[];
  /** Source ports of the UDP questions. */
  readonly sourcePorts: readonly number[];
  close(): Promise<void>;
}

/** An OPT record without options; `extendedRcode` is the upper octet of the code (RFC 6891 §6.1.3). */
export function optRecord(extendedRcode = 0): OptAnswer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 1232,
    extendedRcode,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  };
}

/** Listens on one free port of 127.0.0.1 with UDP and TCP. */
export async function startFakeDnsServer(
  answer: FakeDnsAnswer,
  { echoes = true }: { readonly echoes?: boolean } = {},
): Promise<FakeDnsServer> {
  const asked: string[] = [];
  const spellings: string[] = [];
  const sourcePorts: number[] = [];
  const respond = (bytes: Buffer, over: 'udp' | 'tcp'): readonly Uint8Array[] => {
    const query = decode(bytes);
    const [question] = query.questions ?? [];
    const spelled = question?.name ?? '';
    const name = spelled.toLowerCase();
    spellings.push(spelled);
    asked.push(`${over} ${name} ${question?.type}`);
    const questions = query.questions?.map((one) => ({ ...one, name: one.name.toLowerCase() })) ?? [];
    return answer({ ...query, questions }, over).map((one) =>
      one instanceof Uint8Array ? one : encode(echoes ? spelledAs(one, name, spelled) : one),
    );
  };
  const tcp = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      for (const reply of respond(Buffer.from(bytes).subarray(2), 'tcp')) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(reply.length);
        socket.write(length);
        // In two pieces, as a network may cut it.
        socket.write(reply.subarray(0, 5));
        socket.write(reply.subarray(5));
      }
    });
  });
  const { port, udp } = await listenOnBoth(tcp);
  udp.on('message', (bytes: Buffer, from: RemoteInfo) => {
    sourcePorts.push(from.port);
    for (const reply of respond(bytes, 'udp')) udp.send(reply, from.port, from.address);
  });
  return {
    port,
    asked,
    spellings,
    sourcePorts,
    close: async () => {
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}

const portsTriedMax = 20;

/** A port that is free for TCP may be taken for UDP: then another one. */
async function listenOnBoth(tcp: Server): Promise<{ readonly port: number; readonly udp: Socket }> {
  for (let tried = 0; tried < portsTriedMax; tried += 1) {
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const place = tcp.address();
    const port = typeof place === 'object' && place !== null ? place.port : 0;
    const udp = createSocket('udp4');
    const isBound = await new Promise<boolean>((resolve) => {
      udp.once('error', () => resolve(false));
      udp.bind(port, '127.0.0.1', () => resolve(true));
    });
    if (isBound) return { port, udp };
    udp.close();
    await new Promise<void>((resolve) => tcp.close(() => resolve()));
  }
  throw new Error('no port is free for both TCP and UDP');
}

function spelledAs(packet: Packet, name: string, spelled: string): Packet {
  const questions = packet.questions?.map((one) => (one.name === name ? { ...one, name: spelled } : one));
  return questions === undefined ? packet : { ...packet, questions };
}
