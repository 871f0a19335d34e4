import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextRound } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { constants, createDeflateRaw, inflateRawSync, type DeflateRaw } from 'node:zlib';
import { Conversation } from '#net/conversation.ts';
import type { ConnectionEvents } from '#net/connection-event.ts';
import { MemoryWire } from '#net/memory-wire.ts';
import type { Timers } from '#net/timers.ts';
import type { ConnectionFacts, SessionFactory } from '#protocols/conversation.ts';

/** The client's end of one connection in a transcript. */
export interface FarEnd {
  send(bytes: Buffer): Promise<void>;
  startTls(): Promise<void>;
  startCompression(): void;
  /** What is to be sent for these bytes. */
  encode(bytes: Buffer): Promise<Buffer>;
  leave(): void;
  /** Everything heard, as latin1, and whether the server has closed. */
  readonly heard: { text: string; ended: boolean };
}

/** Of the tests in memory; what TLS settled is only told. */
const memoryTls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' } as const;

export interface MemoryEndParts {
  readonly factory: SessionFactory;
  readonly facts: Omit<ConnectionFacts, 'wake' | 'tls'>;
  readonly timers: Timers;
  readonly events: ConnectionEvents;
}

export function openMemoryEnd({ factory, facts, timers, events }: MemoryEndParts): FarEnd {
  const heard = { text: '', ended: false };
  const coding = new Coding(heard);
  const wire = new MemoryWire({
    tls: memoryTls,
    received: (bytes) => coding.hear(bytes),
    closed: () => (heard.ended = true),
  });
  const tls = facts.tlsMode === 'implicit' ? memoryTls : undefined;
  new Conversation({
    wire,
    facts: { ...facts, tls },
    factory,
    timers,
    events,
    over: () => undefined,
  }).open();
  return {
    heard,
    startCompression: () => coding.startCompression(),
    encode: (bytes) => coding.encode(bytes),
    send: (bytes) => {
      wire.send(Buffer.from(bytes));
      return Promise.resolve();
    },
    startTls: async () => {
      wire.handshake();
      await nextRound();
    },
    leave: () => wire.reset(),
  };
}

/** What the client hears and says as text; compressed from `startCompression` on. */
class Coding {
  readonly #heard: { text: string };
  #deflate: DeflateRaw | undefined;
  /** All that came compressed, and how much of it was heard. */
  #came = Buffer.alloc(0);
  #heardBytes = 0;

  constructor(heard: { text: string }) {
    this.#heard = heard;
  }

  /** At once, so that the end of a connection is not heard before its last words: each time all of it anew. */
  hear(bytes: Uint8Array): void {
    if (this.#deflate === undefined) {
      this.#heard.text += Buffer.from(bytes).toString('latin1');
      return;
    }
    this.#came = Buffer.concat([this.#came, bytes]);
    const all = inflateRawSync(this.#came, { finishFlush: constants.Z_SYNC_FLUSH });
    this.#heard.text += all.toString('latin1', this.#heardBytes);
    this.#heardBytes = all.length;
  }

  /** What was heard behind the server's reply came compressed. */
  startCompression(): void {
    this.#deflate = createDeflateRaw();
    const early = Buffer.from(this.#heard.text, 'latin1');
    this.#heard.text = '';
    this.hear(early);
  }

  async encode(bytes: Buffer): Promise<Buffer> {
    const deflate = this.#deflate;
    if (deflate === undefined) return bytes;
    deflate.write(bytes);
    await new Promise<void>((resolve) => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    return (deflate.read() as Buffer | null) ?? Buffer.alloc(0);
  }
}

/** Over a real socket; with TLS from the start, or after `startTls`. */
export async function openSocketEnd(port: number, implicitTls: boolean): Promise<FarEnd> {
  const heard = { text: '', ended: false };
  const coding = new Coding(heard);
  let socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const listen = (): void => {
    socket.on('data', (bytes: Buffer) => coding.hear(bytes));
    socket.on('close', () => (heard.ended = true));
    socket.on('error', () => undefined);
  };
  const startTls = async (): Promise<void> => {
    socket.removeAllListeners('data');
    socket.removeAllListeners('close');
    socket = connectTls({ socket, rejectUnauthorized: false });
    listen();
    await once(socket, 'secureConnect');
  };
  listen();
  await once(socket, 'connect');
  if (implicitTls) await startTls();
  return {
    heard,
    startTls,
    startCompression: () => coding.startCompression(),
    encode: (bytes) => coding.encode(bytes),
    send: (bytes) => {
      socket.write(bytes);
      return nextRound();
    },
    leave: () => socket.destroy(),
  };
}
