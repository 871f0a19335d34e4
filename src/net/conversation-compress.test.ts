import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextRound, setTimeout as sleep } from 'node:timers/promises';
import { constants, createDeflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';
import { TestServer } from '#protocols/imap/server.fixture.ts';
import { commandBytesMax, literalBytesMax } from '#protocols/imap/limits.ts';
import type { ClosedReason, ProtocolSession, SessionFactory, Turn } from '#protocols/conversation.ts';
import { noise, until } from './compressed-peer.fixture.ts';
import type { ConnectionEvent } from './connection-event.ts';
import { Conversation } from './conversation.ts';
import { HandTimers } from './hand-timers.fixture.ts';
import { MemoryWire } from './memory-wire.ts';

const sync = { finishFlush: constants.Z_SYNC_FLUSH } as const;
const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' };

/** A client of a conversation that begins in the clear. */
class Client {
  readonly timers = new HandTimers();
  readonly events: ConnectionEvent[] = [];
  readonly wire: MemoryWire;
  readonly conversation: Conversation;
  closedBy: string | undefined;
  #came = Buffer.alloc(0);
  #plainBytes: number | undefined;
  /** All that the client compresses is one stream. */
  readonly #deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
  #deflated: Buffer[] = [];

  constructor(factory: SessionFactory) {
    this.#deflate.on('data', (bytes: Buffer) => this.#deflated.push(bytes));
    this.wire = new MemoryWire({
      received: (bytes) => {
        this.#came = Buffer.concat([this.#came, bytes]);
      },
      closed: (how) => (this.closedBy = how),
    });
    this.conversation = new Conversation({
      wire: this.wire,
      facts: {
        sessionId: 's1',
        listener: 'imap',
        role: 'imap',
        client: '192.0.2.1',
        clientPort: 1,
        localAddress: '192.0.2.2',
        localPort: 993,
        tls,
        tlsMode: 'implicit',
        exempt: new Set(),
      },
      factory,
      timers: this.timers,
      events: (event) => this.events.push(event),
      over: () => undefined,
    });
    this.conversation.open();
  }

  get cameBytes(): number {
    return this.#came.length;
  }

  /** What came, inflated from where both sides agreed on it. */
  get heard(): string {
    const plain = this.#came.subarray(0, this.#plainBytes);
    const rest = this.#plainBytes === undefined ? Buffer.alloc(0) : this.#came.subarray(this.#plainBytes);
    return plain.toString('latin1') + inflateRawSync(rest, sync).toString('latin1');
  }

  async say(text: string, answer: RegExp): Promise<void> {
    this.wire.send(Buffer.from(text, 'latin1'));
    await this.until(answer);
  }

  async compress(text: string): Promise<Buffer> {
    await new Promise((resolve) => this.#deflate.write(Buffer.from(text, 'latin1'), resolve));
    await nextRound();
    return Buffer.concat(this.#deflated.splice(0));
  }

  /** Up to here it came in the clear. */
  agreed(): void {
    this.#plainBytes = this.#came.indexOf('\r\n', this.#came.indexOf(' OK DEFLATE')) + 2;
  }

  async until(pattern: RegExp): Promise<void> {
    await until(
      () => pattern.test(this.heard),
      () => this.heard.slice(-200),
    );
  }

  async closed(): Promise<void> {
    await until(
      () => this.closedBy !== undefined,
      () => this.heard.slice(-200),
    );
    assert.equal(this.closedBy, 'ended');
  }
}

type Around = (session: ProtocolSession) => ProtocolSession;

async function imapClient(around: Around = (session) => session): Promise<Client> {
  const server = await TestServer.start();
  const client = new Client((facts) => around(server.factory(facts)));
  await client.say('l LOGIN user@example.test secret\r\n', /l OK/);
  return client;
}

async function compressedClient(around?: Around): Promise<Client> {
  const client = await imapClient(around);
  await client.say('c COMPRESS DEFLATE\r\n', /c OK DEFLATE active\r\n$/);
  client.agreed();
  return client;
}

test('what came behind COMPRESS in the same piece is taken for compressed, wherever it is cut', async () => {
  for (const cut of [0, 1, 3, 8]) {
    const client = await imapClient();
    const more = await client.compress('a NOOP\r\nb NOOP\r\n');
    client.wire.send(Buffer.concat([Buffer.from('c COMPRESS DEFLATE\r\n'), more.subarray(0, cut)]));
    await client.until(/c OK DEFLATE active\r\n/);
    client.agreed();
    client.wire.send(more.subarray(cut));
    await client.until(/a OK .*\r\nb OK /);
  }
});

test('commands behind COMPRESS in the clear are never run: a goodbye and an event', async () => {
  const client = await imapClient();
  client.wire.send(Buffer.from('c COMPRESS DEFLATE\r\na CREATE slipped-in\r\n'));
  await client.closed();
  client.agreed();
  assert.match(
    client.heard,
    /c OK DEFLATE active\r\n\* BYE What came is not compressed as RFC 1951 says\r\n$/,
  );
  assert.deepEqual(
    client.events.map(({ kind }) => kind),
    ['compression-damaged'],
  );
});

test('while compression is refused what follows stays in the clear', async () => {
  const client = await imapClient();
  await client.say('c COMPRESS LZMA\r\na NOOP\r\n', /c BAD .*\r\na OK/);
});

test('a damaged stream ends a literal that is under way, and keeps nothing of it', async () => {
  const client = await compressedClient();
  client.wire.send(await client.compress('a APPEND INBOX {100+}\r\nFrom: '));
  for (let round = 0; round < 50; round += 1) await nextRound();
  client.wire.send(Buffer.from([0xff, 0xff]));
  await client.closed();
  assert.match(client.heard, /\* BYE What came is not compressed/);
});

test('a bomb of one endless line ends at the length that a line may have (S-09)', async () => {
  const client = await compressedClient();
  const bomb = deflateRawSync(Buffer.alloc(16 * 1024 * 1024, 'x'), sync);
  client.wire.send(bomb);
  await client.closed();
  assert.match(client.heard, /BAD The line is too long\r\n\* BYE/);
  assert.ok(commandBytesMax < 1024 * 1024);
});

test('a bomb in a literal is refused by what it announces (S-09)', async () => {
  const client = await compressedClient();
  const bomb = Buffer.concat([
    Buffer.from(`a SEARCH SUBJECT {${literalBytesMax + 1}+}\r\n`),
    Buffer.alloc(16 * 1024 * 1024),
  ]);
  client.wire.send(deflateRawSync(bomb, sync));
  await client.closed();
  assert.match(client.heard, /a BAD \[TOOBIG\].*\r\n\* BYE/);
});

test('a bomb of commands leaves the others their turn (S-09)', async () => {
  const heard = { frames: 0 };
  const client = await compressedClient((session) => ({
    open: () => session.open(),
    frame: (frame) => {
      heard.frames += 1;
      return session.frame(frame);
    },
    secured: (facts) => session.secured(facts),
    closed: (reason) => session.closed(reason),
  }));
  const bomb = deflateRawSync('a NOOP\r\n'.repeat(20_000), sync);
  assert.ok(bomb.length < 1000);
  client.wire.send(bomb);
  for (let before = heard.frames; heard.frames < 2000;) {
    await nextRound();
    assert.ok(heard.frames - before <= 2 * 128, `${heard.frames - before} in one round`);
    before = heard.frames;
  }
  client.conversation.abort('shutdown');
});

test('a guest has a minute, and no more (S-09)', async () => {
  const server = await TestServer.start();
  const client = new Client(server.factory);
  client.timers.pass(59_999);
  for (let round = 0; round < 10; round += 1) await nextRound();
  assert.equal(client.closedBy, undefined);
  client.timers.pass(1);
  await client.closed();
  assert.match(client.heard, /\* BYE Nothing was heard for too long\r\n$/);
});

test('who idles compressed is told the end like anybody, and by whom', async () => {
  for (const [act, goodbye] of [
    ['drain', /\* BYE \[UNAVAILABLE\] The server is going down\r\n$/],
    ['revoke', /\* BYE The account has changed, log in again\r\n$/],
    ['timeout', /\* BYE Nothing was heard for too long\r\n$/],
  ] as const) {
    const client = await compressedClient();
    client.wire.send(await client.compress('i IDLE\r\n'));
    await client.until(/\+ Idling/);
    client.timers.pass(60_000);
    if (act === 'timeout') client.timers.pass(31 * 60_000);
    else client.conversation[act]();
    await client.closed();
    assert.match(client.heard, goodbye);
    assert.equal(client.timers.waiting, 0);
  }
});

const line = { kind: 'line', limitBytes: 100, timeoutMs: 1000 } as const;

/** Answers a line with as much noise as there is, after COMPRESS or without. */
function flooding(made: { bytes: number }, closed: ClosedReason[]): SessionFactory {
  async function* flood(): AsyncGenerator<Uint8Array> {
    for (let count = 0; ; count += 1) {
      made.bytes += 20_000;
      yield noise(20_000, count);
    }
  }
  const answer = (bytes: Uint8Array): Turn =>
    Buffer.from(bytes).toString() === 'flood'
      ? { output: flood(), next: line }
      : { output: [Buffer.from('c OK DEFLATE\r\n')], next: { kind: 'compress', next: line } };
  return () => ({
    open: () => ({ output: [], next: line }),
    frame: (frame) => (frame.kind === 'line' ? answer(frame.bytes) : { output: [], next: { kind: 'close' } }),
    secured: () => ({ output: [], next: line }),
    closed: (reason) => void closed.push(reason),
  });
}

for (const compresses of [false, true]) {
  test(`of output that nobody reads at most 1 MiB is made${compresses ? ', compressed too' : ''} (S-09)`, async () => {
    const made = { bytes: 0 };
    const closed: ClosedReason[] = [];
    const client = new Client(flooding(made, closed));
    client.wire.peerReads(false);
    if (compresses) client.wire.send(Buffer.from('c\r\n'));
    client.wire.send(compresses ? await client.compress('flood\r\n') : Buffer.from('flood\r\n'));
    await until(
      () => made.bytes >= 64 * 1024,
      () => 'waited for output',
    );
    await sleep(50);
    assert.ok(made.bytes <= 1024 * 1024, `${made.bytes} made`);
    // Who never reads is waited for five minutes.
    client.timers.pass(5 * 60_000);
    await until(
      () => closed.length > 0,
      () => 'waited for the end',
    );
    assert.deepEqual(closed, ['timeout']);
  });
}
