import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { EndOfRound } from './end-of-round.ts';
import { SocketWire } from './socket-wire.ts';

/** Timers that are fired by hand, by their time. */
function handTimers() {
  const due = new Map<() => void, number>();
  return {
    now: () => 0,
    after(ms: number, callback: () => void): () => void {
      due.set(callback, ms);
      return () => void due.delete(callback);
    },
    fire(ms: number): void {
      for (const [callback, at] of due) if (at <= ms) callback();
    },
  };
}

test('our last words reach a peer that reads slowly, and nobody is waited for without an end', async () => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  const timers = handTimers();
  const wire = new SocketWire({ socket, tls: undefined, timers, round: new EndOfRound() });
  const sizeBytes = 16 * 1024 * 1024;
  wire.write(Buffer.alloc(sizeBytes));
  wire.end('ours');
  timers.fire(5_000);
  assert.equal(socket.destroyed, false);
  let received = 0;
  client.on('data', (bytes) => (received += bytes.length));
  await once(client, 'end');
  assert.equal(received, sizeBytes);
  assert.equal(socket.destroyed, false);
  timers.fire(5_000);
  assert.equal(socket.destroyed, true);
  client.destroy();
  server.close();
});

test('an agreed end waits for nobody, and all that was said still arrives', async () => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [socket] = (await once(server, 'connection')) as [Socket];
  const timers = handTimers();
  const wire = new SocketWire({ socket, tls: undefined, timers, round: new EndOfRound() });
  const gone = new Promise((resolve) => {
    const ignored = (): void => undefined;
    wire.start({ bytes: ignored, ended: ignored, drained: ignored, gone: resolve });
  });
  wire.reading(true);
  wire.write(Buffer.from('250 2.0.0 taken\r\n'));
  wire.write(Buffer.from('221 2.0.0 Goodbye\r\n'));
  wire.end('agreed');
  assert.equal(socket.destroyed, true);
  // The client says no end of its own.
  assert.equal(await gone, 'closed');
  let text = '';
  client.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  await once(client, 'end');
  assert.equal(text, '250 2.0.0 taken\r\n221 2.0.0 Goodbye\r\n');
  client.destroy();
  server.close();
});

test('an agreed end with a peer that does not read is not waited for for ever', async () => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  const timers = handTimers();
  const wire = new SocketWire({ socket, tls: undefined, timers, round: new EndOfRound() });
  wire.write(Buffer.alloc(16 * 1024 * 1024));
  wire.end('agreed');
  assert.equal(socket.destroyed, false);
  timers.fire(30_000);
  assert.equal(socket.destroyed, true);
  client.destroy();
  server.close();
});

test('replies of one round go out at its end, each on its own connection, also where another is gone by then', async () => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const round = new EndOfRound();
  const pairs: { readonly client: Socket; readonly wire: SocketWire }[] = [];
  for (let count = 0; count < 3; count += 1) {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [socket] = (await once(server, 'connection')) as [Socket];
    pairs.push({ client, wire: new SocketWire({ socket, tls: undefined, timers: handTimers(), round }) });
  }
  const read = pairs.map(async ({ client }) => {
    let text = '';
    for await (const piece of client.setEncoding('latin1')) text += String(piece);
    return text;
  });
  for (const [index, { wire }] of pairs.entries()) {
    wire.write(Buffer.from(`${index} `));
    wire.write(Buffer.from('hello\r\n'));
  }
  pairs[1]?.wire.destroy();
  await new Promise((resolve) => setImmediate(resolve));
  // A round later as well.
  for (const { wire } of pairs) wire.write(Buffer.from('goodbye\r\n'));
  for (const { wire } of pairs) wire.end('agreed');
  assert.deepEqual(await Promise.all(read), [
    '0 hello\r\ngoodbye\r\n',
    '1 hello\r\n',
    '2 hello\r\ngoodbye\r\n',
  ]);
  server.close();
});

test('a reader that pauses in the middle of a piece is given no more, and all of the rest when it goes on (S-09)', async (t) => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  t.after(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  const wire = new SocketWire({ socket, tls: undefined, timers: handTimers(), round: new EndOfRound() });
  const sizeBytes = 4 * 1024 * 1024;
  let [pieces, taken] = [0, 0];
  const all = new Promise<void>((resolve) => {
    wire.start({
      bytes: (bytes) => {
        pieces += 1;
        taken += bytes.length;
        if (pieces === 1) wire.reading(false);
        if (taken === sizeBytes) resolve();
      },
      ended: () => undefined,
      drained: () => undefined,
      gone: () => undefined,
    });
  });
  wire.reading(true);
  client.write(Buffer.alloc(sizeBytes));
  await once(socket, 'pause');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(pieces, 1);
  // What the stream had asked the system for; the rest waits there, and at the peer.
  assert.ok(socket.bytesRead <= 256 * 1024, String(socket.bytesRead));
  wire.reading(true);
  await all;
});
