import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

/** A conversation over implicit TLS for tests: lines out, and everything that came in. */
export class TlsTalk {
  private readonly socket: TLSSocket;
  private received = '';
  private ended = false;
  private waiting: (() => void) | undefined;

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    const wake = (): void => this.waiting?.();
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

  static async connect(port: number, options: ConnectionOptions = {}): Promise<TlsTalk> {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    return new TlsTalk(socket);
  }

  /** What came since the last line was said. */
  get heard(): string {
    return this.received;
  }

  /** Of this connection (RFC 9266 §4.2), as this end of it sees it. */
  exporter(): Buffer {
    return this.socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  }

  /** Says a line, and waits for what has to come after it. */
  async say(line: string, expected: RegExp): Promise<void> {
    this.received = '';
    this.socket.write(`${line}\r\n`);
    await this.hear(expected);
  }

  async hear(expected: RegExp): Promise<void> {
    while (!expected.test(this.received)) {
      if (this.ended) throw new Error(`closed before ${String(expected)}: ${this.received}`);
      await this.news();
    }
  }

  /** Until the server has closed; everything since the last line was said. */
  async end(): Promise<string> {
    while (!this.ended) await this.news();
    return this.received;
  }

  close(): void {
    this.socket.destroy();
  }

  private async news(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.waiting = resolve;
    });
  }
}
