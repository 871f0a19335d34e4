import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { systemClock } from '#backends/system/system-clock.ts';
import type { Domain } from '#mail/domain.ts';
import type { SendReport, SendRequest, Transport } from '#delivery/outbound/transport.ts';
import { clientTimes } from '#protocols/smtp/client/client-times.ts';
import { createSmtpTransport } from '#protocols/smtp/client/smtp-transport.ts';
import { generateSelfSigned } from './certificate-self-signed.ts';
import { createDialer } from './dialer.ts';

const certificate = generateSelfSigned('mx.example.test', Date.now());
const context = createSecureContext({ key: certificate.key, cert: certificate.cert });
/** What a server does with each line it is sent; over TCP and over TLS alike. */
type Script = (line: string, server: TlsSink) => void;

/** A small SMTP server on a real socket, with a real handshake. */
class TlsSink {
  readonly lines: string[] = [];
  readonly secured: boolean[] = [];
  #socket: Socket;
  #script: Script;
  #tls = false;
  #rest = '';

  constructor(socket: Socket, script: Script) {
    this.#socket = socket;
    this.#script = script;
    this.#listen();
    this.say('220 sink.test');
  }

  say(text: string): void {
    this.#socket.write(`${text}\r\n`);
  }

  close(): void {
    this.#socket.destroy();
  }

  startTls(): void {
    this.say('220 go');
    this.#socket.removeAllListeners('data');
    this.#socket = new TLSSocket(this.#socket, { isServer: true, secureContext: context });
    this.#tls = true;
    this.#listen();
  }

  #listen(): void {
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (bytes: Buffer) => {
      const lines = `${this.#rest}${bytes.toString('latin1')}`.split('\r\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#line(line);
    });
  }

  #line(line: string): void {
    this.lines.push(line);
    this.secured.push(this.#tls);
    this.#script(line, this);
  }
}

function friendly(line: string, server: TlsSink): void {
  const [verb = ''] = line.split(' ');
  if (verb === 'EHLO')
    server.say(server.secured.at(-1) === true ? '250 sink.test' : '250-sink.test\r\n250 STARTTLS');
  else if (verb === 'STARTTLS') server.startTls();
  else if (verb === 'DATA') server.say('354 go on');
  else if (verb === 'QUIT') server.say('221 bye');
  else if (line === '.') server.say('250 taken');
  else if (verb === 'MAIL' || verb === 'RCPT' || verb === 'RSET') server.say('250 ok');
}

async function sink(t: TestContext, script: Script): Promise<{ port: number; servers: TlsSink[] }> {
  const servers: TlsSink[] = [];
  const server = createServer((socket) => servers.push(new TlsSink(socket, script)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const one of servers) one.close();
    server.close();
  });
  const place = server.address();
  return { port: typeof place === 'object' && place !== null ? place.port : 0, servers };
}

const message = Buffer.from('Subject: x\r\n\r\nhello\r\n');

async function* once(): AsyncIterable<Uint8Array> {
  yield message;
}

function send(transport: Transport, port: number, changes: Partial<SendRequest> = {}): Promise<SendReport> {
  const request: SendRequest = {
    server: { name: 'mx.example.test', address: '127.0.0.1', port },
    helo: 'a.test',
    localAddress: undefined,
    tls: 'opportunistic',
    reversePath: undefined,
    recipients: [{ local: 'one', domain: 'b.test' as Domain }],
    bodyType: '7bit',
    smtpUtf8: false,
    sizeBytes: message.length,
    content: async () => ({ sizeBytes: message.length, bodyType: '7bit', chunks: once }),
    beforeFinal: async () => undefined,
    ...changes,
  };
  return transport.send(request, new AbortController().signal);
}

function transportFor(t: TestContext, authorities: readonly string[] = []): Transport {
  const times = { ...clientTimes, handshakeMs: 300, mailMs: 300, quitMs: 50, idleMs: 100 };
  const transport = createSmtpTransport({
    dialer: createDialer({ authorities }),
    clock: systemClock(),
    times,
  });
  t.after(() => transport.close());
  return transport;
}

test('over a real handshake: greeted anew, nothing of the message in the clear', async (t) => {
  const { port, servers } = await sink(t, friendly);
  const transport = transportFor(t);
  const report = await send(transport, port);
  assert.equal(report.recipients[0]?.outcome, 'delivered');
  assert.deepEqual([report.tls.used, report.tls.version, report.tls.verified], [true, 'TLSv1.3', false]);
  const [server] = servers;
  assert.deepEqual(server?.lines.slice(0, 3), ['EHLO a.test', 'STARTTLS', 'EHLO a.test']);
  const clear = server?.lines.filter((_, at) => server.secured[at] === false);
  assert.deepEqual(clear, ['EHLO a.test', 'STARTTLS']);
  await send(transport, port);
  assert.equal(servers.length, 1, 'the connection is used again');
});

test('a certificate that must hold, and does or does not', async (t) => {
  const { port } = await sink(t, friendly);
  const believing = await send(transportFor(t, [certificate.cert]), port, { tls: 'verified' });
  assert.equal(believing.recipients[0]?.outcome, 'delivered');
  assert.equal(believing.tls.verified, true);
  const doubting = await send(transportFor(t), port, { tls: 'verified' });
  assert.equal(doubting.recipients[0]?.outcome, 'tls');
});

test('S-08: a handshake that breaks, and one that never comes, are not followed by clear text', async (t) => {
  const breaks = await sink(t, (line, server) => {
    if (line === 'STARTTLS') server.say('220 go\r\nthis is no TLS');
    else friendly(line, server);
  });
  const hangs = await sink(t, (line, server) => {
    if (line === 'STARTTLS') server.say('220 go');
    else friendly(line, server);
  });
  for (const { port, servers } of [breaks, hangs]) {
    const report = await send(transportFor(t), port);
    assert.equal(report.recipients[0]?.outcome, 'tls');
    assert.ok(servers.every((one) => !one.lines.some((line) => line.startsWith('MAIL'))));
  }
});

test('a server that is slow beyond measure, and one that hangs up', async (t) => {
  const slow = await sink(t, (line, server) =>
    line.startsWith('MAIL') ? undefined : friendly(line, server),
  );
  assert.equal((await send(transportFor(t), slow.port)).recipients[0]?.outcome, 'connection');
  const rude = await sink(t, (line, server) => (line === '.' ? server.close() : friendly(line, server)));
  assert.equal((await send(transportFor(t), rude.port)).recipients[0]?.outcome, 'in-doubt');
});
