import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw } from 'node:zlib';

/** A client that only counts: it waits for the tagged answer and looks at nothing before it. */
export class ImapConnection {
  private count = 0;
  private tail: Buffer = Buffer.alloc(0);
  private waiting:
    | {
        readonly mark: Buffer;
        readonly resolve: (line: string) => void;
        readonly reject: (error: Error) => void;
      }
    | undefined;
  readonly socket: Socket;
  private deflate: DeflateRaw | undefined;
  private readonly hear = (chunk: Buffer): void => this.take(chunk);

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', this.hear);
    socket.on('close', () => this.waiting?.reject(new Error('the server closed the connection')));
    socket.on('error', () => undefined);
  }

  /**
   * Connects with TLS from the start and logs in.
   * @param who `from`: which of loopback's addresses it comes from, so that none has more than its share
   */
  static async openTls(
    port: number,
    who: { readonly user: string; readonly password: string; readonly from: number },
  ): Promise<ImapConnection> {
    const localAddress = `127.1.${String((who.from >> 5) % 250)}.${String(1 + (who.from % 8))}`;
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
    const secure = connectTls({ socket, rejectUnauthorized: false });
    const greeted = new Promise((resolve) => secure.once('data', resolve));
    await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
    await greeted;
    const connection = new ImapConnection(secure);
    await connection.run(`LOGIN "${who.user}" "${who.password}"`);
    return connection;
  }

  /** Connects, takes TLS by STARTTLS, and logs in. */
  static async open(port: number, user: string, password: string): Promise<ImapConnection> {
    const plain = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => plain.once('connect', resolve).once('error', reject));
    await new Promise((resolve) => plain.once('data', resolve));
    plain.write('s STARTTLS\r\n');
    await new Promise((resolve) => plain.once('data', resolve));
    const secure = connectTls({ socket: plain, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
    const connection = new ImapConnection(secure);
    await connection.run(`LOGIN "${user}" "${password}"`);
    return connection;
  }

  /** Resolves to the tagged line; throws unless it says OK. */
  async run(command: string, literal?: Buffer): Promise<string> {
    this.count += 1;
    const tag = `x${String(this.count)}z`;
    const answered = new Promise<string>((resolve, reject) => {
      this.waiting = { mark: Buffer.from(`${tag} `), resolve, reject };
    });
    if (literal === undefined) this.write(`${tag} ${command}\r\n`);
    else
      this.write(
        Buffer.concat([
          Buffer.from(`${tag} ${command} {${String(literal.length)}+}\r\n`),
          literal,
          Buffer.from('\r\n'),
        ]),
      );
    const line = await answered;
    if (!line.startsWith(`${tag} OK`)) throw new Error(`${command.slice(0, 80)}: ${line}`);
    return line;
  }

  /** Resolves when the server has begun to wait for news; no further command is possible. */
  async idle(): Promise<void> {
    const begun = new Promise((resolve) => this.socket.once('data', resolve));
    this.write('idle IDLE\r\n');
    await begun;
  }

  /** From here on both sides compress (RFC 4978). */
  async compress(): Promise<void> {
    await this.run('COMPRESS DEFLATE');
    const inflate = createInflateRaw();
    inflate.on('data', this.hear);
    this.socket.off('data', this.hear).on('data', (chunk: Buffer) => inflate.write(chunk));
    this.deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH, windowBits: 9, memLevel: 1 });
    this.deflate.on('data', (chunk: Buffer) => this.socket.write(chunk));
  }

  private write(bytes: string | Buffer): void {
    (this.deflate ?? this.socket).write(bytes);
  }

  close(): void {
    this.socket.destroy();
  }

  /** The tagged line is the last of an answer, so that only the end of what came needs a look. */
  private take(chunk: Buffer): void {
    const kept =
      chunk.length >= 2048 ? chunk.subarray(chunk.length - 2048) : Buffer.concat([this.tail, chunk]);
    this.tail = kept.length > 2048 ? kept.subarray(kept.length - 2048) : kept;
    const { waiting } = this;
    if (waiting === undefined || this.tail.at(-1) !== 10) return;
    const start = this.tail.lastIndexOf(waiting.mark);
    if (start < 0 || (start > 0 && this.tail.at(start - 1) !== 10)) return;
    this.waiting = undefined;
    const line = this.tail.toString('latin1', start).trimEnd();
    this.tail = Buffer.alloc(0);
    waiting.resolve(line);
  }
}
