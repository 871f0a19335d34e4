import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { Stream } from '#platform/dialer.ts';
import { generateSelfSigned } from './certificate-self-signed.ts';
import { createDialer } from './dialer.ts';

const never = new AbortController().signal;
const soon = (): AbortSignal => AbortSignal.timeout(100);
const certificate = generateSelfSigned('mx.example.test', Date.now());
const context = createSecureContext({ key: certificate.key, cert: certificate.cert });

async function serve(t: TestContext, handle: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const place = server.address();
  return typeof place === 'object' && place !== null ? place.port : 0;
}

function secureServer(socket: Socket): TLSSocket {
  const secured = new TLSSocket(socket, { isServer: true, secureContext: context });
  secured.on('error', () => undefined);
  return secured;
}

async function open(port: number): Promise<Stream> {
  const opened = await createDialer().open({ host: '127.0.0.1', port }, never);
  assert.ok(opened.ok);
  return opened.value;
}

async function readText(stream: Stream): Promise<string | undefined> {
  const bytes = await stream.read(AbortSignal.timeout(2_000));
  assert.ok(bytes.ok, JSON.stringify(bytes));
  return bytes.value === undefined ? undefined : Buffer.from(bytes.value).toString();
}

test('bytes both ways, then the end', async (t) => {
  const port = await serve(t, (socket) =>
    socket.on('data', (bytes) => socket.end(`got ${bytes.toString()}`)),
  );
  const stream = await open(port);
  assert.equal(stream.remoteAddress, '127.0.0.1');
  assert.ok((await stream.write(Buffer.from('hello'), never)).ok);
  assert.equal(await readText(stream), 'got hello');
  assert.equal(await readText(stream), undefined);
  stream.close();
});

test('a read that takes too long ends, and the stream may be read again', async (t) => {
  const port = await serve(t, (socket) => socket.on('data', () => socket.write('later')));
  const stream = await open(port);
  assert.deepEqual(await stream.read(soon()), { ok: false, error: 'aborted' });
  await stream.write(Buffer.from('x'), never);
  assert.equal(await readText(stream), 'later');
  stream.close();
});

test('a peer that does not read holds up the writer only until the signal', async (t) => {
  const port = await serve(t, (socket) => socket.pause());
  const stream = await open(port);
  const block = new Uint8Array(16 * 1024 * 1024);
  assert.deepEqual(await stream.write(block, soon()), { ok: false, error: 'aborted' });
});

test('nobody there, no address, too late', async () => {
  const dialer = createDialer();
  assert.deepEqual(await dialer.open({ host: '127.0.0.1', port: 1 }, never), { ok: false, error: 'refused' });
  assert.deepEqual(await dialer.open({ host: 'localhost', port: 25 }, never), {
    ok: false,
    error: 'unreachable',
  });
  const aborted = await dialer.open({ host: '127.0.0.1', port: 1 }, AbortSignal.abort());
  assert.deepEqual(aborted, { ok: false, error: 'aborted' });
});

test('TLS in the middle of a connection: recorded, not required to be valid', async (t) => {
  const port = await serve(t, (socket) => {
    socket.once('data', () => {
      socket.write('220 go ahead');
      secureServer(socket).on('data', function echo(this: TLSSocket, bytes: Buffer) {
        this.write(bytes);
      });
    });
  });
  const stream = await open(port);
  await stream.write(Buffer.from('STARTTLS'), never);
  assert.equal(await readText(stream), '220 go ahead');
  const facts = await stream.secure({ serverName: 'MX.example.test', verify: false }, never);
  assert.ok(facts.ok, JSON.stringify(facts));
  assert.equal(facts.value.version, 'TLSv1.3');
  assert.equal(facts.value.serverName, 'mx.example.test');
  assert.equal(facts.value.peerVerified, false);
  assert.match(facts.value.peerProblem ?? '', /SELF_SIGNED/);
  assert.equal(facts.value.exporter?.().length, 32);
  await stream.write(Buffer.from('inside'), never);
  assert.equal(await readText(stream), 'inside');
  stream.close();
});

test('a certificate that must hold: believed from a named authority for its name only', async (t) => {
  const port = await serve(t, (socket) => void secureServer(socket));
  const tries = [
    { authorities: [certificate.cert], name: 'mx.example.test', ok: true },
    { authorities: [certificate.cert], name: 'other.example.test', ok: false },
    { authorities: [], name: 'mx.example.test', ok: false },
  ];
  for (const { authorities, name, ok } of tries) {
    const opened = await createDialer({ authorities }).open({ host: '127.0.0.1', port }, never);
    assert.ok(opened.ok);
    const facts = await opened.value.secure({ serverName: name, verify: true }, never);
    assert.equal(facts.ok, ok, name);
    if (!facts.ok) assert.equal(facts.error.kind, 'certificate');
    opened.value.close();
  }
});

test('clear text behind the server’s go-ahead never gets into the secured stream', async (t) => {
  const port = await serve(t, (socket) => {
    socket.write('220 go ahead\r\n250 injected\r\n');
    secureServer(socket);
  });
  const stream = await open(port);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const facts = await stream.secure({ serverName: 'mx.example.test', verify: false }, never);
  assert.equal(facts.ok, false);
});

test('a handshake that never comes ends by the signal; one that breaks is a failure', async (t) => {
  const silent = await open(await serve(t, () => undefined));
  const late = await silent.secure({ serverName: 'mx.example.test', verify: false }, soon());
  assert.equal(!late.ok && late.error.kind, 'timeout');
  const rude = await open(
    await serve(t, (socket) => socket.once('data', () => socket.end('500 no TLS\r\n'))),
  );
  const broken = await rude.secure({ serverName: 'mx.example.test', verify: false }, never);
  assert.equal(broken.ok, false);
  assert.deepEqual(await rude.read(never), { ok: false, error: 'reset' });
});
