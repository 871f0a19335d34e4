import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConnectionLimits } from '#net/connection-limits.ts';
import type { ConnectionEvent } from '#net/connection-event.ts';
import { gateOf } from '#net/gate.fixture.ts';
import { Listener } from '#net/listener.ts';
import type { Timers } from '#net/timers.ts';
import { TlsContexts } from '#net/tls-context.ts';
import type { ListenerRole, SessionFactory } from '#protocols/conversation.ts';
import { openMemoryEnd, openSocketEnd, type FarEnd } from './far-end.ts';
import { haste, play } from './play.ts';
import { certificatesOf, makeSelfSigned } from './self-signed.ts';
import { parseTranscript, type Transcript } from './transcript.ts';

/** DESIGN §10. */
const chunkSizes = [1, 2, 7, 4096] as const;

const hastyTimers: Timers = {
  now: () => performance.now() * haste,
  after(ms, callback) {
    const timer = setTimeout(callback, ms / haste);
    return () => clearTimeout(timer);
  },
};

/** A server for one run of one transcript. */
export interface TranscriptServer {
  readonly role: ListenerRole;
  readonly tlsMode: 'none' | 'starttls' | 'implicit';
  readonly factory: SessionFactory;
  /** After the transcript: checks what the server did, and frees it. */
  readonly finish?: () => void | Promise<void>;
}

/** Makes a fresh server as the `setup` lines of a transcript ask. */
export type MakeServer = (setup: ReadonlyMap<string, string>) => TranscriptServer | Promise<TranscriptServer>;

/** Declares a test for each `*.txt` in the folder: in memory and over sockets, in every chunking. */
export function runTranscripts(folder: string, makeServer: MakeServer): void {
  const certificate = makeSelfSigned('mail.example.test');
  const contexts = new TlsContexts(certificatesOf(new Map([['mail.example.test', certificate]])), () =>
    performance.now(),
  );
  const files = readdirSync(folder).filter((file) => file.endsWith('.txt'));
  assert.ok(files.length > 0, `${folder} holds transcripts`);
  for (const file of files.sort()) {
    const transcript = parseTranscript(readFileSync(join(folder, file), 'utf8'), file);
    test(`${file}: ${transcript.title}`, async (t) => {
      await t.test('in memory', () => runAll({ transcript, file, makeServer, contexts: undefined }));
      await t.test('over a socket', () => runAll({ transcript, file, makeServer, contexts }));
    });
  }
}

interface RunParts {
  readonly transcript: Transcript;
  readonly file: string;
  readonly makeServer: MakeServer;
  /** Over a socket with these, or in memory without. */
  readonly contexts: TlsContexts | undefined;
}

async function runAll(parts: RunParts): Promise<void> {
  for (const chunkBytes of chunkSizes) {
    const events: ConnectionEvent[] = [];
    const server = await parts.makeServer(parts.transcript.setup);
    const open = parts.contexts === undefined ? inMemory : overSocket;
    const { connect, close } = await open(parts, server, events);
    try {
      await play({ transcript: parts.transcript, name: parts.file, chunkBytes, connect });
    } finally {
      await close();
    }
    const bugs = events.filter((event) => event.kind === 'bug');
    if (bugs[0] !== undefined) throw bugs[0].error;
    await server.finish?.();
  }
}

interface Opened {
  readonly connect: () => Promise<FarEnd>;
  readonly close: () => Promise<void>;
}

let sessions = 0;

function newSessionId(): string {
  sessions += 1;
  return `session-${sessions}`;
}

/** The address that the server sees, also where the socket's is another. */
function clientOf({ transcript }: RunParts): string {
  return transcript.setup.get('client') ?? '192.0.2.10';
}

function inMemory(parts: RunParts, server: TranscriptServer, events: ConnectionEvent[]): Promise<Opened> {
  const { factory, role, tlsMode } = server;
  const connect = (): FarEnd =>
    openMemoryEnd({
      factory,
      timers: hastyTimers,
      events: (event) => events.push(event),
      facts: {
        sessionId: newSessionId(),
        listener: role,
        role,
        client: clientOf(parts),
        clientPort: 40_000,
        localAddress: '192.0.2.1',
        localPort: 25,
        tlsMode,
        exempt: new Set(),
      },
    });
  return Promise.resolve({ connect: () => Promise.resolve(connect()), close: () => Promise.resolve() });
}

async function overSocket(
  parts: RunParts,
  server: TranscriptServer,
  events: ConnectionEvent[],
): Promise<Opened> {
  const { role, tlsMode, factory } = server;
  const none = { connectionsMax: 0, perAddressMax: 0, perNetworkMax: 0, newMax: 0, newPerAddressMax: 0 };
  const listener = await Listener.open({
    name: role,
    role,
    address: '127.0.0.1',
    port: 0,
    tlsMode,
    tls: parts.contexts,
    factory: (facts) => factory({ ...facts, client: clientOf(parts) }),
    gate: gateOf(new ConnectionLimits({ ...none, windowMs: 60_000 })),
    exemptions: () => new Set(),
    newSessionId,
    timers: hastyTimers,
    events: (event) => events.push(event),
  });
  if (!listener.ok) throw new Error(listener.error.detail);
  return {
    connect: () => openSocketEnd(listener.value.port, tlsMode === 'implicit'),
    close: () => listener.value.close(0),
  };
}
