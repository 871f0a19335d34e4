import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Progress } from '#admin/progress.ts';
import type { ControlReply, ControlRequest } from './control-message.ts';
import { socketLines } from './json-lines.ts';
import { controlSocket } from './socket-path.ts';

/** Lists of 256 traces are large; more than this is no answer of ours. */
const replyBytesMax = 256 * 1024 * 1024;

/** The running server, as a command speaks to it. */
export interface ControlClient {
  /** `undefined`: the server went away before it answered. */
  ask(request: ControlRequest, progress: (progress: Progress) => void): Promise<ControlReply | undefined>;
  close(): void;
}

/** `undefined`: no server listens there. */
export async function connectControl(dataDir: string): Promise<ControlClient | undefined> {
  if (!existsSync(join(dataDir, 'control.sock'))) return undefined;
  const socket = await open(dataDir);
  return socket === undefined ? undefined : speak(socket);
}

async function open(dataDir: string): Promise<Socket | undefined> {
  const { address, release } = controlSocket(dataDir);
  try {
    return await new Promise((resolve) => {
      const socket = connect(address);
      socket.once('connect', () => resolve(socket));
      socket.once('error', () => resolve(undefined));
    });
  } finally {
    release();
  }
}

function speak(socket: Socket): ControlClient {
  socket.on('error', () => socket.destroy());
  const lines = socketLines(socket, replyBytesMax)[Symbol.asyncIterator]();
  return {
    async ask(request, progress) {
      socket.write(`${JSON.stringify(request)}\n`);
      for (;;) {
        const line = await lines.next().catch(() => undefined);
        if (line === undefined || line.done === true) return undefined;
        const reply = JSON.parse(line.value) as ControlReply;
        if (!('progress' in reply)) return reply;
        progress(reply.progress);
      }
    },
    close: () => socket.destroy(),
  };
}
