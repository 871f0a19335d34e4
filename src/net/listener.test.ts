import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { networkSet } from '#base/client-address.ts';
import type { Network } from '#base/client-address.ts';
import { certificatesOf, makeSelfSigned } from '#test/transcripts/self-signed.ts';
import type { Next, ProtocolSession, SessionFactory } from '#protocols/conversation.ts';
import type { ConnectionEvent } from './connection-event.ts';
import { ConnectionLimits, type LimitSettings } from './connection-limits.ts';
import { gateOf, unlimited } from './gate.fixture.ts';
import { Listener } from './listener.ts';
import type { ListenerOptions } from './listener-options.ts';
import { systemTimers } from './timers.ts';
import { TlsContexts } from './tls-context.ts';

const line: Next = { kind: 'line', limitBytes: 1000, timeoutMs: 5000 };

let tls: TlsContexts;
const opened: Listener[] = [];
const events: ConnectionEvent[] = [];

before(() => {
  const one = makeSelfSigned('mail.example.test');
  const two = makeSelfSigned('other.example.test');
  const byName = new Map([
    ['mail.example.test', one],
    ['other.example.test', two],
  ]);
  tls = new TlsContexts(certificatesOf(byName), () => performance.now());
});

after(async () => {
  for (const listener of opened) await listener.close(100);
});

/** Answers each line with itself; `tls` upgrades, `quit` closes. */
const echo: SessionFactory = (facts): ProtocolSession => ({
  open: () => ({
    output: [Buffer.from(`hello ${facts.client} ${facts.tls?.version ?? 'clear'}\n`)],
    next: line,
  }),
  frame(frame) {
    const text = frame.kind === 'line' ? Buffer.from(frame.bytes).toString() : frame.kind;
    const output = [Buffer.from(`${text}\n`)];
    if (text === 'tls') return { output, next: { kind: 'tls' } };
    if (text === 'quit') return { output, next: { kind: 'close' } };
    return { output, next: line };
  },
  secured: (facts) => ({
    output: [Buffer.from(`secured ${facts.version} ${facts.serverName}\n`)],
    next: line,
  }),
  closed: () => undefined,
});

let sessions = 0;

async function listen(
  options: Partial<ListenerOptions> & { readonly limitSettings?: Partial<LimitSettings> } = {},
): Promise<Listener> {
  const listener = await Listener.open({
    name: 'test',
    role: 'mx',
    address: '127.0.0.1',
    port: 0,
    tlsMode: 'starttls',
    tls,
    factory: echo,
    gate: gateOf(new ConnectionLimits({ ...unlimited, ...options.limitSettings })),
    exemptions: () => new Set(),
    newSessionId: () => `s${(sessions += 1)}`,
    timers: systemTimers,
    events: (event) => events.push(event),
    ...options,
  });
  assert.ok(listener.ok);
  opened.push(listener.value);
  return listener.value;
}

/** A client that collects what it hears. */
class Client {
  readonly socket: Socket;
  text = '';
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (this.text += text));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
  }

  async heard(pattern: RegExp): Promise<string> {
    const deadline = Date.now() + 5000;
    while (!pattern.test(this.text)) {
      if (this.closed || Date.now() > deadline) assert.fail(`${pattern} not in ${JSON.stringify(this.text)}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return this.text;
  }
}

async function gone(client: Client): Promise<void> {
  if (!client.closed) await once(client.socket, 'close');
}

function connect(listener: Listener): Client {
  return new Client(connectTcp(listener.port, '127.0.0.1'));
}

/** The connection, or why there is none. */
async function handshake(options: ConnectionOptions): Promise<TLSSocket | string> {
  const socket = connectTls({ rejectUnauthorized: false, host: '127.0.0.1', ...options });
  try {
    await once(socket, 'secureConnect');
    return socket;
  } catch (error) {
    return (error as { code?: string }).code ?? 'failed';
  }
}

test('a conversation over TCP and STARTTLS', async () => {
  const listener = await listen();
  const client = connect(listener);
  await client.heard(/hello 127\.0\.0\.1 clear\n/);
  client.socket.write('a\r\nb\r\n');
  await client.heard(/a\nb\n/);
  client.socket.write('tls\r\n');
  await client.heard(/tls\n/);
  const secure = connectTls({
    socket: client.socket,
    rejectUnauthorized: false,
    servername: 'mail.example.test',
  });
  const second = new Client(secure);
  await second.heard(/secured TLSv1\.3 mail\.example\.test\n/);
  secure.write('x\r\nquit\r\n');
  await second.heard(/x\nquit\n/);
  await gone(second);
});

test('implicit TLS: versions, groups, no renegotiation, ALPN, SNI (S-08)', async (t) => {
  const mx = await listen({ tlsMode: 'implicit', role: 'mx' });
  const submission = await listen({ tlsMode: 'implicit', role: 'submission' });
  const imap = await listen({ tlsMode: 'implicit', role: 'imap' });
  await t.test('TLS 1.3 by default, 1.2 with forward secrecy, nothing below', async () => {
    const modern = await handshake({ port: mx.port });
    assert.ok(typeof modern !== 'string');
    assert.equal(modern.getProtocol(), 'TLSv1.3');
    modern.destroy();
    const older = await handshake({ port: mx.port, maxVersion: 'TLSv1.2' });
    assert.ok(typeof older !== 'string');
    assert.match(older.getCipher().name, /^ECDHE-.*(GCM|POLY1305)/);
    assert.equal((older.getEphemeralKeyInfo() as { type?: string }).type, 'ECDH');
    older.destroy();
    for (const ciphers of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA256', 'DHE-RSA-AES128-GCM-SHA256']) {
      assert.equal(
        typeof (await handshake({ port: mx.port, maxVersion: 'TLSv1.2', ciphers })),
        'string',
        ciphers,
      );
    }
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
    assert.equal(typeof (await handshake({ port: mx.port, ...old })), 'string');
  });
  await t.test('the hybrid group is there', async () => {
    const hybrid = await handshake({ port: mx.port, ecdhCurve: 'X25519MLKEM768' });
    assert.ok(typeof hybrid !== 'string');
    hybrid.destroy();
  });
  await t.test('ALPN only with the own protocol', async () => {
    const own = await handshake({
      port: imap.port,
      servername: 'mail.example.test',
      ALPNProtocols: ['h2', 'imap'],
    });
    assert.ok(typeof own !== 'string');
    assert.equal(own.alpnProtocol, 'imap');
    own.destroy();
    const other = await handshake({ port: imap.port, ALPNProtocols: ['h2', 'http/1.1'] });
    assert.ok(typeof other === 'string');
    assert.match(other, /NO_APPLICATION_PROTOCOL/i);
  });
  await t.test('SNI: by name; unknown: the default on mx, an alert elsewhere', async () => {
    const named = await handshake({ port: submission.port, servername: 'OTHER.example.test' });
    assert.ok(typeof named !== 'string');
    assert.equal(named.getPeerCertificate().subject.CN, 'other.example.test');
    named.destroy();
    const unknown = await handshake({ port: mx.port, servername: 'unknown.example.test' });
    assert.ok(typeof unknown !== 'string');
    assert.equal(unknown.getPeerCertificate().subject.CN, 'mail.example.test');
    unknown.destroy();
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const refused = await handshake({
        port: submission.port,
        servername: 'unknown.example.test',
        maxVersion,
      });
      assert.ok(typeof refused === 'string');
      assert.match(refused, /UNRECOGNIZED_NAME/, maxVersion);
    }
  });
  await t.test('a session is resumed', async () => {
    const first = await handshake({ port: mx.port });
    assert.ok(typeof first !== 'string');
    const [session] = (await once(first, 'session')) as [Buffer];
    first.destroy();
    const again = await handshake({ port: mx.port, session });
    assert.ok(typeof again !== 'string');
    assert.equal(again.isSessionReused(), true);
    again.destroy();
  });
});

test('commands pressed in behind STARTTLS end the connection', async () => {
  const listener = await listen();
  const client = connect(listener);
  await client.heard(/hello/);
  events.length = 0;
  client.socket.write('tls\r\nMAIL FROM:<a@b>\r\n');
  await gone(client);
  assert.doesNotMatch(client.text, /tls\n/);
  assert.equal(events[0]?.kind, 'plaintext-after-starttls');
});

test('the connection over a limit hears 421 in the words of its protocol (P-29, P-30)', async () => {
  for (const limitSettings of [{ connectionsMax: 2 }, { perAddressMax: 2 }, { perNetworkMax: 2 }]) {
    const listener = await listen({ limitSettings });
    const first = connect(listener);
    const second = connect(listener);
    await first.heard(/hello/);
    await second.heard(/hello/);
    const third = connect(listener);
    await third.heard(/^421 4\.7\.0 /);
    await gone(third);
    first.socket.end();
    await gone(first);
    const fourth = connect(listener);
    await fourth.heard(/hello/);
  }
});

test('too many new connections in a while are refused, but not from exempt networks (P-31)', async () => {
  const limitSettings = { newPerAddressMax: 3 };
  const refused: string[] = [];
  const listener = await listen({ limitSettings, role: 'imap', refused: (client) => refused.push(client) });
  for (let i = 0; i < 3; i += 1) await connect(listener).heard(/hello/);
  await connect(listener).heard(/^\* BYE /);
  assert.deepEqual(refused, ['127.0.0.1']);
  const exempt = await listen({ limitSettings, exemptions: () => new Set(['rate'] as const) });
  for (let i = 0; i < 5; i += 1) await connect(exempt).heard(/hello/);
});

test('S-01: whoever is not of the networks that a listener is for is turned away before a word', async () => {
  let admitted = false;
  const listener = await listen({ role: 'lmtp', admits: () => admitted });
  const stranger = connectTcp(listener.port, '127.0.0.1');
  const heard: Buffer[] = [];
  stranger.on('error', () => undefined).on('data', (bytes: Buffer) => heard.push(bytes));
  await once(stranger, 'close');
  assert.deepEqual(heard, []);
  assert.deepEqual(events.at(-1), { kind: 'connection-foreign', listener: 'test', client: '127.0.0.1' });
  admitted = true;
  const known = connect(listener);
  await known.heard(/hello/);
  known.socket.destroy();
});

test('who is banned is sent away before TLS, on every kind of listener (I-80)', async () => {
  const banned = (): string => '127.0.0.0/8';
  const mx = connect(await listen({ banned }));
  await gone(mx);
  assert.match(mx.text, /^421 4\.7\.0 Not accepted .*\r\n$/);
  const imap = connect(await listen({ banned, role: 'imap' }));
  await gone(imap);
  assert.match(imap.text, /^\* BYE /);
  const implicit = await listen({ banned, tlsMode: 'implicit' });
  events.length = 0;
  assert.equal(typeof (await handshake({ port: implicit.port })), 'string');
  assert.deepEqual(events, [
    { kind: 'connection-banned', listener: 'test', client: '127.0.0.1', network: '127.0.0.0/8' },
  ]);
  assert.equal(implicit.connectionCount, 0);
});

const loopback = networkSet(['127.0.0.0/8' as Network]);
const header = 'PROXY TCP4 203.0.113.5 192.0.2.1 40000 25\r\n';

test('behind a proxy the client is who the header names: for its session, limits and bans', async () => {
  const limitSettings = { perAddressMax: 1 };
  const banned = (client: string) => (client === '198.51.100.7' ? '198.51.100.7/32' : undefined);
  const listener = await listen({ proxies: loopback, limitSettings, banned });
  const first = connect(listener);
  for (const piece of [header.slice(0, 3), header.slice(3, 20), `${header.slice(20)}a\r\n`]) {
    first.socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await first.heard(/^hello 203\.0\.113\.5 clear\na\n/);
  const second = connect(listener);
  second.socket.write(header);
  await second.heard(/^421 /);
  const other = connect(listener);
  other.socket.write(header.replace('113.5', '113.6'));
  await other.heard(/^hello 203\.0\.113\.6/);
  const shutOut = connect(listener);
  shutOut.socket.write(header.replace('203.0.113.5', '198.51.100.7'));
  await shutOut.heard(/^421 4\.7\.0 Not accepted/);
  const health = connect(listener);
  health.socket.write('PROXY UNKNOWN\r\n');
  await health.heard(/^hello 127\.0\.0\.1/);
});

test('the header comes before an implicit handshake too', async () => {
  const listener = await listen({ proxies: loopback, tlsMode: 'implicit' });
  const plain = connectTcp(listener.port, '127.0.0.1');
  plain.write(header);
  const secure = connectTls({ socket: plain, rejectUnauthorized: false });
  await new Client(secure).heard(/^hello 203\.0\.113\.5 TLSv1\.3/);
  secure.destroy();
});

test('without the header, or past the proxy, nobody comes in; and nobody claims an address where no proxy stands', async () => {
  const behind = await listen({ proxies: loopback });
  events.length = 0;
  for (const words of ['EHLO x\r\n', 'PROXY TCP4 x\r\n']) {
    const client = connect(behind);
    client.socket.write(words);
    await gone(client);
    assert.equal(client.text, '');
  }
  const past = connect(await listen({ proxies: networkSet(['192.0.2.0/24' as Network]) }));
  past.socket.write(header);
  await gone(past);
  assert.deepEqual(
    events.map((event) => event.kind).filter((kind) => kind !== 'silent'),
    ['proxy-refused', 'proxy-refused', 'proxy-refused'],
  );
  const plain = connect(await listen());
  await plain.heard(/^hello 127\.0\.0\.1/);
  plain.socket.write(header);
  await gone(plain);
  assert.deepEqual(events.at(-1), {
    kind: 'wrong-protocol',
    sessionId: `s${sessions}`,
    client: '127.0.0.1',
    protocol: 'PROXY',
  });
});

test('a named peer becomes whom it speaks for, if that one is let in', async () => {
  const factory: SessionFactory = (facts) => ({
    ...echo(facts),
    async frame(frame) {
      const text = frame.kind === 'line' ? Buffer.from(frame.bytes).toString() : frame.kind;
      const answer = `${String(await facts.become?.(text, 7))} ${facts.client} ${facts.clientPort}\n`;
      return { output: [Buffer.from(answer)], next: line };
    },
  });
  const banned = (client: string) => (client === '198.51.100.7' ? '198.51.100.7/32' : undefined);
  const limitSettings = { perAddressMax: 1 };
  const listener = await listen({ factory, xclients: loopback, banned, limitSettings });
  const first = connect(listener);
  first.socket.write('2001:DB8::5\r\n');
  await first.heard(/true 2001:db8::5 7\n/);
  const second = connect(listener);
  for (const claimed of ['198.51.100.7', '2001:db8::6', 'nobody', '192.0.2.9'])
    second.socket.write(`${claimed}\r\n`);
  await second.heard(/false 127\.0\.0\.1 \d+\n(false .*\n){2}true 192\.0\.2\.9 7\n/);
  const third = connect(listener);
  await third.heard(/hello 127\.0\.0\.1/);
  for (const client of [first, second, third]) {
    client.socket.destroy();
    await gone(client);
  }
  for (let tries = 0; listener.connectionCount > 0 && tries < 100; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  const again = connect(listener);
  again.socket.write('2001:db8::5\r\n');
  await again.heard(/true 2001:db8::5 7\n/);
  const stranger = connect(await listen({ factory, xclients: networkSet(['192.0.2.0/24' as Network]) }));
  stranger.socket.write('2001:db8::5\r\n');
  await stranger.heard(/undefined 127\.0\.0\.1/);
});

test('what is said of the client is as XCLIENT leaves it: a gateway, somebody else, or nobody (I-59)', async () => {
  const factory: SessionFactory = (facts) => ({
    ...echo(facts),
    async frame(frame) {
      const text = frame.kind === 'line' ? Buffer.from(frame.bytes).toString() : frame.kind;
      await facts.become?.(text, 7);
      const told = `${facts.client} ${facts.gateways !== undefined} ${facts.isClientUnknown} ${facts.exempt.size}\n`;
      return { output: [Buffer.from(told)], next: line };
    },
  });
  const gateways = networkSet(['192.0.2.0/24' as Network]);
  const exemptions = () => new Set(['dns' as const]);
  const client = connect(await listen({ factory, xclients: loopback, gateways, exemptions }));
  client.socket.write('192.0.2.9\r\nunknown\r\n203.0.113.9\r\n');
  await client.heard(/192\.0\.2\.9 true false 1\n127\.0\.0\.1 false true 0\n203\.0\.113\.9 false false 1\n/);
});

test('a listener for its gateways only takes nobody else, and says so; they are never kept out (I-59)', async () => {
  const closed = connect(
    await listen({ gateways: networkSet(['192.0.2.0/24' as Network]), gatewayOnly: true }),
  );
  await closed.heard(/^554 5\.7\.1 This server takes mail from its gateway only/);
  await gone(closed);
  assert.deepEqual(events.at(-1), { kind: 'gateway-bypassed', listener: 'test', client: '127.0.0.1' });
  const banned = () => '127.0.0.1/32';
  const open = connect(await listen({ gateways: loopback, gatewayOnly: true, banned }));
  await open.heard(/^hello 127\.0\.0\.1/);
});

test('a peer that speaks for others is not blamed for them, and nobody comes through it who may not come', async () => {
  const factory: SessionFactory = (facts) => ({
    ...echo(facts),
    async frame(frame) {
      const text = frame.kind === 'line' ? Buffer.from(frame.bytes).toString() : frame.kind;
      return { output: [Buffer.from(`${String(await facts.become?.(text, 7))}\n`)], next: line };
    },
  });
  const office = networkSet(['127.0.0.0/8' as Network, '192.0.2.0/24' as Network]);
  const listener = await listen({
    factory,
    xclients: loopback,
    admits: (client) => office.has(client),
    banned: (client) => (client === '127.0.0.1' ? '127.0.0.1/32' : undefined),
    limitSettings: { newPerAddressMax: 1 },
  });
  for (let count = 0; count < 3; count += 1) {
    const client = connect(listener);
    client.socket.write(`203.0.113.9\r\n192.0.2.${count}\r\n`);
    await client.heard(/false\ntrue\n/);
    client.socket.destroy();
    await gone(client);
  }
});

test('closing says goodbye to who is there and accepts nobody new', async () => {
  const listener = await listen();
  const client = connect(listener);
  await client.heard(/hello/);
  await Promise.all([listener.close(1000), gone(client)]);
  assert.match(client.text, /drain\n$/);
  assert.equal(listener.connectionCount, 0);
});

test('a connection that does not end is ended', async () => {
  const factory: SessionFactory = (facts) => ({
    ...echo(facts),
    frame: () => ({ output: [], next: { kind: 'data', timeoutMs: 60_000 } }),
  });
  const listener = await listen({ factory });
  const client = connect(listener);
  await client.heard(/hello/);
  client.socket.write('x\r\nbody\r\n');
  await new Promise((resolve) => setTimeout(resolve, 20));
  await listener.close(50);
  assert.equal(listener.connectionCount, 0);
});

test('a busy port is told', async () => {
  const listener = await listen();
  const second = await Listener.open({
    name: 'second',
    role: 'mx',
    address: '127.0.0.1',
    port: listener.port,
    tlsMode: 'none',
    tls: undefined,
    factory: echo,
    gate: gateOf(new ConnectionLimits(unlimited)),
    exemptions: () => new Set(),
    newSessionId: () => 's',
    timers: systemTimers,
    events: () => undefined,
  });
  assert.ok(!second.ok);
  assert.equal(second.error.code, 'in-use');
});
