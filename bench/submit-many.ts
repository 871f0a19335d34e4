import { connect, type TLSSocket } from 'node:tls';

export interface SubmitMany {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly to: string;
  readonly messages: number;
  readonly sessions: number;
  readonly sizeBytes: number;
}

/** Logs in on some connections and sends on them, one message after the other, the envelope pipelined. */
export async function submitMany(options: SubmitMany): Promise<void> {
  const share = Math.ceil(options.messages / options.sessions);
  const sessions = Array.from({ length: options.sessions }, (_, index) => {
    const count = Math.min(share, options.messages - index * share);
    return count > 0 ? session(options, count) : Promise.resolve();
  });
  await Promise.all(sessions);
}

async function session(options: SubmitMany, count: number): Promise<void> {
  const socket = connect({ port: options.port, host: '127.0.0.1', rejectUnauthorized: false });
  const replies = readReplies(socket);
  await replies.next('220');
  socket.write('EHLO bench.test\r\n');
  await replies.next('250');
  socket.write(`AUTH PLAIN ${Buffer.from(`\0${options.user}\0${options.password}`).toString('base64')}\r\n`);
  await replies.next('235');
  const message = `From: <${options.user}>\r\nTo: <${options.to}>\r\nSubject: bench\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n`;
  const body = 'A line of the body of the message that is sent.\r\n'.repeat(
    Math.ceil(options.sizeBytes / 49),
  );
  for (let n = 0; n < count; n += 1) {
    socket.write(`MAIL FROM:<${options.user}>\r\nRCPT TO:<${options.to}>\r\nDATA\r\n`);
    await replies.next('250');
    await replies.next('250');
    await replies.next('354');
    socket.write(
      `${message}Message-ID: <${String(n)}.${String(performance.now())}@bench.test>\r\n\r\n${body}.\r\n`,
    );
    await replies.next('250');
  }
  socket.destroy();
}

interface Replies {
  /** Waits for the next whole reply; throws unless it has this code. */
  next(code: string): Promise<void>;
}

function readReplies(socket: TLSSocket): Replies {
  let text = '';
  let wake: (() => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    wake?.();
  });
  return {
    async next(code) {
      for (;;) {
        const end = text.indexOf('\r\n');
        if (end < 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (line.charAt(3) === '-') continue;
        if (!line.startsWith(code)) throw new Error(`expected ${code}, got ${line}`);
        return;
      }
    },
  };
}
