import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { connect } from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';
import { makeSelfSigned } from '#test/transcripts/self-signed.ts';
import { secureServerSocket } from './server-tls.ts';
import { systemTimers } from './timers.ts';
import { TlsContexts, type Certificates } from './tls-context.ts';

const first = makeSelfSigned('first.example.test');
const second = makeSelfSigned('second.example.test');

/** Certificates that a test exchanges. */
function exchangeable() {
  const source = { version: 1, certificate: first };
  const certificates: Certificates = {
    get version() {
      return source.version;
    },
    select: (name) => (name === 'first.example.test' ? source.certificate : undefined),
    default: () => source.certificate,
  };
  return { source, certificates };
}

const servers: ReturnType<typeof createServer>[] = [];
const sockets: Socket[] = [];
after(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

/** A server that shakes hands; the port. */
async function serve(contexts: TlsContexts): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    void secureServerSocket(socket, { contexts, role: 'mx' }, systemTimers);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Connects, and gives the session to resume. */
async function visit(port: number, session?: Buffer) {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...(session && { session }) });
  // A resumed session brings no new ticket.
  const ticket = session === undefined ? once(socket, 'session') : undefined;
  await once(socket, 'secureConnect');
  const resumed = socket.isSessionReused();
  const name = socket.getPeerCertificate().subject?.CN;
  const [next] = ((await ticket) ?? []) as Buffer[];
  socket.destroy();
  return { resumed, name, session: next };
}

test('a certificate has one context until it changes; a reload is seen by the next connection', async () => {
  const { source, certificates } = exchangeable();
  const contexts = new TlsContexts(certificates, () => 0);
  assert.equal(contexts.default(), contexts.default());
  assert.equal(contexts.select('FIRST.example.test', 'imap'), contexts.default());
  assert.equal(contexts.select('unknown.example.test', 'imap'), undefined);
  assert.equal(contexts.select('unknown.example.test', 'mx'), contexts.default());
  assert.equal(contexts.select('127.0.0.1', 'imap'), contexts.default());
  assert.equal(contexts.select('2001:db8::1', 'imap'), contexts.default());
  const port = await serve(contexts);
  assert.equal((await visit(port)).name, 'first.example.test');
  source.certificate = second;
  source.version = 2;
  assert.equal((await visit(port)).name, 'second.example.test');
});

test('ticket keys are changed after six hours, so none serves for twelve (S-08)', async () => {
  let nowMs = 0;
  const contexts = new TlsContexts(exchangeable().certificates, () => nowMs);
  const port = await serve(contexts);
  const { session } = await visit(port);
  nowMs = 5.9 * 3_600_000;
  assert.equal((await visit(port, session)).resumed, true);
  nowMs = 6.1 * 3_600_000;
  assert.equal((await visit(port, session)).resumed, false);
});
