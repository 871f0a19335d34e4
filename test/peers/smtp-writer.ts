import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A plain SMTP client for tests: one connection, one message after the other. Independent of our own code. */
export class SmtpWriter {
  private readonly socket: Socket;
  private received = '';
  private waiting: (() => void) | undefined;
  private ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    const wake = (): void => {
      const waiting = this.waiting;
      this.waiting = undefined;
      waiting?.();
    };
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      wake();
    });
    socket.on('close', () => {
      this.ended = true;
      wake();
    });
    socket.on('error', () => undefined);
  }

  static async connect(port: number, greeting: 'EHLO' | 'LHLO' = 'EHLO'): Promise<SmtpWriter> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return SmtpWriter.greet(socket, greeting);
  }

  /** A port with TLS from the first byte. */
  static async connectTls(port: number): Promise<SmtpWriter> {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    return SmtpWriter.greet(socket, 'EHLO');
  }

  private static async greet(socket: Socket, greeting: 'EHLO' | 'LHLO'): Promise<SmtpWriter> {
    const writer = new SmtpWriter(socket);
    await writer.reply();
    await writer.command(`${greeting} client.test`);
    return writer;
  }

  /** Resolves to the reply of the final dot when every step before it was accepted, else to the reply that refused. */
  async send(from: string, to: readonly string[], message: string): Promise<string> {
    for (const line of [`MAIL FROM:<${from}>`, ...to.map((address) => `RCPT TO:<${address}>`)]) {
      const answer = await this.command(line);
      if (!answer.startsWith('2')) return answer;
    }
    const ready = await this.command('DATA');
    if (!ready.startsWith('3')) return ready;
    const stuffed = `\r\n${message}`.replaceAll('\r\n.', '\r\n..').slice(2);
    return this.command(`${stuffed}${stuffed.endsWith('\r\n') ? '' : '\r\n'}.`);
  }

  async command(text: string): Promise<string> {
    this.write(`${text}\r\n`);
    return this.reply();
  }

  /** Part of a body, to which nobody replies. */
  write(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  /** One whole reply, its lines joined by LF. */
  async reply(): Promise<string> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      lines.push(line);
      if (line.charAt(3) !== '-') return lines.join('\n');
    }
  }

  close(): void {
    this.socket.destroy();
  }

  private async line(): Promise<string> {
    for (;;) {
      const end = this.received.indexOf('\r\n');
      if (end >= 0) {
        const line = this.received.slice(0, end);
        this.received = this.received.slice(end + 2);
        return line;
      }
      if (this.ended) throw new Error('the server closed the connection');
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
  }
}
