import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { after, afterEach, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { networkSet, type Network } from '#base/client-address.ts';
import { makeSelfSigned } from '#test/transcripts/self-signed.ts';
import type { WebHandler } from '#web/web-peer.ts';
import type { ConnectionEvent } from '../connection-event.ts';
import { ConnectionLimits } from '../connection-limits.ts';
import { gateOf, unlimited } from '../gate.fixture.ts';
import { Listener } from '../listener.ts';
import type { ListenerOptions } from '../listener-options.ts';
import type { Timers } from '../timers.ts';
import { systemTimers } from '../timers.ts';
import { TlsContexts } from '../tls-context.ts';
import { headMs, requestMs, requestsAtOnceMax } from './http-connection.ts';
import { HttpServer } from './http-server.ts';

const certificate = makeSelfSigned('localhost');
const tls = new TlsContexts(
  {
    select: (name) => (name === 'localhost' ? certificate : undefined),
    default: () => certificate,
    version: 1,
  },
  () => performance.now(),
);

let events: ConnectionEvent[] = [];
const opened: Listener[] = [];
afterEach(() => void (events = []));
after(() => Promise.all(opened.map((listener) => listener.close(0))));

/** Its long clocks run a thousand times faster. */
const quick: Timers = {
  now: () => performance.now(),
  after: (ms, callback) => systemTimers.after(ms >= headMs ? ms / 100 : ms, callback),
};

interface Setting extends Partial<Omit<ListenerOptions, 'factory'>> {
  readonly handler?: WebHandler;
  readonly perAddressMax?: number;
}

async function listen({ handler = hello, perAddressMax = 0, ...options }: Setting = {}): Promise<Listener> {
  const note = (event: ConnectionEvent): void => void events.push(event);
  const timers = options.timers ?? systemTimers;
  const listener = await Listener.open({
    name: 'admin',
    role: 'http',
    address: '127.0.0.1',
    port: 0,
    tlsMode: 'implicit',
    tls,
    factory: new HttpServer({ handler, timers, events: note }),
    gate: gateOf(new ConnectionLimits({ ...unlimited, perAddressMax })),
    exemptions: () => new Set(['rate'] as const),
    newSessionId: () => 's1',
    timers,
    events: note,
    ...options,
  });
  assert.ok(listener.ok);
  opened.push(listener.value);
  return listener.value;
}

const hello: WebHandler = async (request, peer) =>
  new Response(JSON.stringify({ ...peer, path: new URL(request.url).pathname, body: await request.text() }));

const get = 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** Says something and hears all until the end. */
async function talk(socket: Socket, ...pieces: readonly string[]): Promise<string> {
  let text = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  for (const piece of pieces) socket.write(piece);
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

/** Nobody is connected any more, as the listener sees it. */
async function isEmpty(listener: Listener): Promise<void> {
  while (listener.connectionCount > 0) await new Promise((resolve) => setTimeout(resolve, 2));
}

function plain({ port }: Listener): Socket {
  return connectTcp(port, '127.0.0.1');
}

function secure({ port }: Listener, servername = 'localhost'): Socket {
  return connectTls({
    port,
    host: '127.0.0.1',
    servername,
    ca: certificate.cert,
    ALPNProtocols: ['http/1.1'],
  });
}

test('I-16: a request comes in over TLS, with where it came from', async () => {
  const listener = await listen();
  const said = await talk(
    secure(listener),
    'POST /a?b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 3\r\n\r\nxyz',
  );
  assert.match(said, /^HTTP\/1\.1 200 OK\r\n/);
  const told = JSON.parse(/\{.*\}/.exec(said)?.[0] ?? '{}') as Record<string, unknown>;
  assert.deepEqual(told, {
    sessionId: 's1',
    listener: 'admin',
    client: '127.0.0.1',
    localAddress: '127.0.0.1',
    isEncrypted: true,
    exemptFromRate: true,
    path: '/a',
    body: 'xyz',
  });
  await isEmpty(listener);
});

test('S-08: another name than ours is answered with an alert, and plain words with nothing', async () => {
  const listener = await listen();
  assert.equal(await talk(secure(listener, 'evil.example')), '');
  assert.doesNotMatch(await talk(plain(listener), get), /HTTP/);
  assert.ok(events.some(({ kind }) => kind === 'tls-failed'));
});

test('S-09: who sends no head, or does not read, is hung up on', { timeout: 20_000 }, async () => {
  const listener = await listen({ timers: quick, tlsMode: 'none', tls: undefined });
  const silent = talk(plain(listener));
  const slow = talk(plain(listener), 'GET / HTTP/1.1\r\nHost: localhost\r\n', 'X: y');
  const idle = talk(plain(listener), get);
  assert.equal(await silent, '');
  assert.equal(await slow, '');
  assert.match(await idle, /^HTTP\/1\.1 200 OK/);
  const half = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nx';
  assert.doesNotMatch(await talk(plain(listener), half), /200 OK/);
  assert.ok(requestMs > headMs);
  await isEmpty(listener);
});

test('S-09: a head has a size, and what is no HTTP is refused', async () => {
  let asked = 0;
  const listener = await listen({
    tlsMode: 'none',
    tls: undefined,
    async handler() {
      asked += 1;
      return new Response('x');
    },
  });
  const large = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`;
  assert.match(await talk(plain(listener), large), /^HTTP\/1\.1 431 /);
  for (const wrong of [
    'EHLO x\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
    'GET / HTTP/1.1\nHost: localhost\n\n',
    'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n',
  ])
    assert.match(await talk(plain(listener), wrong), /^HTTP\/1\.1 400 /, wrong);
  assert.equal(asked, 0);
});

test('I-92: limits and bans hold before a word is read', async () => {
  const gone = await listen({ banned: () => '127.0.0.0/8' });
  assert.equal(await talk(secure(gone)), '');
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['connection-banned'],
  );
  const listener = await listen({ perAddressMax: 1, exemptions: () => new Set() });
  const first = secure(listener);
  await once(first, 'secureConnect');
  assert.equal(await talk(secure(listener)), '');
  first.destroy();
  await isEmpty(listener);
  assert.match(
    await talk(secure(listener), get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')),
    / 200 OK/,
  );
});

test(
  'I-92: a request that comes together with the header of a proxy is heard',
  { timeout: 20_000 },
  async () => {
    for (const tlsMode of ['none', 'implicit'] as const) {
      const proxies = networkSet(['127.0.0.0/8' as Network]);
      const listener = await listen({ tlsMode, tls: tlsMode === 'none' ? undefined : tls, proxies });
      const socket = plain(listener);
      const header = 'PROXY TCP4 203.0.113.5 192.0.2.1 40000 443\r\n';
      const asked = get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
      if (tlsMode === 'implicit') socket.write(header);
      const said =
        tlsMode === 'none'
          ? await talk(socket, header + asked)
          : await talk(connectTls({ socket, servername: 'localhost', ca: certificate.cert }), asked);
      assert.match(said, /"client":"203\.0\.113\.5"/, tlsMode);
    }
  },
);

test('S-09: who asks for much without waiting for answers is hung up on', { timeout: 20_000 }, async () => {
  let asked = 0;
  const listener = await listen({
    tlsMode: 'none',
    tls: undefined,
    async handler() {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return new Response('x');
    },
  });
  const some = `${get.repeat(requestsAtOnceMax - 1)}${get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`;
  const said = await talk(plain(listener), some);
  assert.equal(said.match(/ 200 OK/g)?.length, requestsAtOnceMax);
  asked = 0;
  await talk(plain(listener), get.repeat(100));
  assert.equal(asked, requestsAtOnceMax);
  await isEmpty(listener);
});

test('S-09: nothing is timed any more of a connection that is gone', async () => {
  const waiting = new Set<object>();
  const timers: Timers = {
    now: () => performance.now(),
    after(ms, callback) {
      const one = {};
      waiting.add(one);
      const stop = systemTimers.after(ms, callback);
      return () => {
        waiting.delete(one);
        stop();
      };
    },
  };
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const listener = await listen({
    timers,
    tlsMode: 'none',
    tls: undefined,
    async handler() {
      asked.resolve();
      await answered.promise;
      return new Response('x');
    },
  });
  const socket = plain(listener);
  socket.on('error', () => undefined).write(get);
  await asked.promise;
  socket.destroy();
  await isEmpty(listener);
  answered.resolve();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(waiting.size, 0);
});

test('a bug ends one request and shows nothing of itself', async () => {
  const listener = await listen({ handler: () => Promise.reject(new Error('secret inside')) });
  const said = await talk(secure(listener), get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  assert.match(said, /^HTTP\/1\.1 500 /);
  assert.doesNotMatch(said, /secret inside/);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['bug'],
  );
});

test('a stopping server ends who is idle at once, and lets an answer that is under way out', async () => {
  let answer = (): void => undefined;
  const asked = Promise.withResolvers<void>();
  const listener = await listen({
    async handler() {
      asked.resolve();
      await new Promise<void>((resolve) => (answer = resolve));
      return new Response('done');
    },
  });
  const idle = secure(listener);
  await once(idle, 'secureConnect');
  const busy = talk(secure(listener), get);
  await asked.promise;
  const closing = listener.close(5000);
  await once(idle, 'close');
  answer();
  const said = await busy;
  assert.match(said, /Connection: close/i);
  assert.match(said, /done/);
  await closing;
});
