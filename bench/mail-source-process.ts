import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { PreparedMail } from './check-mails.ts';
import type { SendingHost } from './check-zone.ts';
import type { SourceRun } from './mail-source.ts';

/*
 * Sends prepared mail over plain SMTP: a PROXY header says whom each connection speaks for, the envelope is pipelined
 * (RFC 2920), and nothing is made while it sends.
 */
const mails = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as readonly PreparedMail[];

process.on('message', (run: SourceRun) => {
  send(run).then(
    () => process.send?.('done'),
    (error: unknown) => process.send?.(String(error)),
  );
});
process.send?.('ready');

/** As many sessions as there are hosts, each with its share. */
async function send({ port, first, count, keptConnections }: SourceRun): Promise<void> {
  const shares = new Map<string, PreparedMail[]>();
  for (const mail of mails.slice(first, first + count)) {
    const share = shares.get(mail.host.name);
    if (share === undefined) shares.set(mail.host.name, [mail]);
    else share.push(mail);
  }
  const runs = [...shares.values()].map(async (share) => {
    if (keptConnections) return await converse(port, share);
    for (const mail of share) await converse(port, [mail]);
  });
  await Promise.all(runs);
}

async function converse(port: number, share: readonly PreparedMail[]): Promise<void> {
  const [mail] = share;
  if (mail === undefined) return;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  try {
    await speak(socket, mail.host, share);
  } finally {
    socket.destroy();
  }
}

async function speak(socket: Socket, host: SendingHost, share: readonly PreparedMail[]): Promise<void> {
  const replies = new Replies(socket);
  socket.write(`PROXY TCP4 ${host.address} 192.0.2.25 40000 25\r\n`);
  await replies.expect('220');
  socket.write(`EHLO ${host.name}\r\n`);
  await replies.expect('250');
  for (const { from, to, data } of share) {
    socket.write(`MAIL FROM:<${from}>\r\nRCPT TO:<${to}>\r\nDATA\r\n`);
    await replies.expect('250');
    await replies.expect('250');
    await replies.expect('354');
    socket.write(data, 'latin1');
    await replies.expect('250');
  }
  socket.write('QUIT\r\n');
  await replies.expect('221');
}

/** Replies of a server, one after the other; lines before the last of a reply are not looked at. */
class Replies {
  #text = '';
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
      this.#wake?.();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  async expect(code: string): Promise<void> {
    const line = await this.#lastLine();
    if (!line.startsWith(code)) throw new Error(`expected ${code}, got ${line}`);
  }

  async #lastLine(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        if (line.charAt(3) !== '-') return line;
      } else if (this.#ended) throw new Error('the server closed the connection');
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
