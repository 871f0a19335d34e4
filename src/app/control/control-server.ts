import { chmodSync, rmSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { adminError } from '#admin/errors.ts';
import type { Progress } from '#admin/progress.ts';
import { findOperation } from '#admin/operations.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { EventSink } from '#trace/events.ts';
import type { ControlReply, ControlRequest } from './control-message.ts';
import { parseRequest, requestBytesMax } from './control-message.ts';
import { socketLines } from './json-lines.ts';
import { runRequest } from './run-request.ts';
import { controlSocket } from './socket-path.ts';

export interface ControlServer {
  close(): Promise<void>;
}

/**
 * Listens on `DIR/control.sock`, mode 0600, for the command line. The caller holds the data folder's lock, so a socket
 * that is there was left behind by a process that is gone.
 */
export async function startControlServer(
  dataDir: string,
  world: AdminWorld,
  events: EventSink,
): Promise<ControlServer> {
  const path = join(dataDir, 'control.sock');
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void serve(socket, world, events);
  });
  await listen(server, dataDir);
  chmodSync(path, 0o600);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server, dataDir: string): Promise<void> {
  const { address, release } = controlSocket(dataDir);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(address, resolve);
    });
  } finally {
    release();
  }
}

/** One request after the other; who hangs up ends what is under way. */
async function serve(socket: Socket, world: AdminWorld, events: EventSink): Promise<void> {
  const gone = new AbortController();
  socket.on('error', () => gone.abort());
  socket.on('close', () => gone.abort());
  const say = (reply: ControlReply): void => {
    if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
  };
  try {
    for await (const line of socketLines(socket, requestBytesMax)) {
      const request = parseRequest(line);
      if (request === undefined) {
        say({ error: adminError('usage', 'not a request of this version') });
        continue;
      }
      const context = { progress: (progress: Progress) => say({ progress }), signal: gone.signal };
      const reply = await runRequest(world, request, context);
      say(reply);
      if ('output' in reply) record(request, events);
    }
  } catch {
    // The peer is gone: nobody is left to tell.
  }
  socket.end();
}

/** One act of an administrator, one entry; inputs may hold secrets and stay out of it. */
function record({ operation }: ControlRequest, events: EventSink): void {
  if (findOperation(operation)?.looksOnly === true) return;
  events.emit({ name: 'administration', operation, by: 'control-socket' });
}
