import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextRound } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { Conversation } from '#net/conversation.ts';
import type { ConnectionEvents } from '#net/connection-event.ts';
import { MemoryWire } from '#net/memory-wire.ts';
import type { Timers } from '#net/timers.ts';
import type { ConnectionFacts, SessionFactory } from '#protocols/conversation.ts';

/** The client's end of one connection in a transcript. */
export interface FarEnd {
  send(bytes: Buffer): Promise<void>;
  startTls(): Promise<void>;
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
  const wire = new MemoryWire({
    tls: memoryTls,
    received: (bytes) => (heard.text += Buffer.from(bytes).toString('latin1')),
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

/** Over a real socket; with TLS from the start, or after `startTls`. */
export async function openSocketEnd(port: number, implicitTls: boolean): Promise<FarEnd> {
  const heard = { text: '', ended: false };
  let socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const listen = (): void => {
    socket.on('data', (bytes: Buffer) => (heard.text += bytes.toString('latin1')));
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
    send: (bytes) => {
      socket.write(bytes);
      return nextRound();
    },
    leave: () => socket.destroy(),
  };
}
