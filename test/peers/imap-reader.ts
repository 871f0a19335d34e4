import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

/** A message as a client sees it. */
export interface SeenMessage {
  readonly flags: readonly string[];
  readonly date: number;
  readonly body: string;
}

export interface ReaderOptions {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** A plain IMAP client for tests: STARTTLS, LOGIN, APPEND and reading everything back. Independent of our own code. */
export class ImapReader {
  private socket: Socket | TLSSocket;
  private received = Buffer.alloc(0);
  private waiting: (() => void) | undefined;
  private ended = false;
  private tag = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.listen();
  }

  static async connect(options: ReaderOptions): Promise<ImapReader> {
    const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const reader = new ImapReader(socket);
    await reader.line();
    await reader.command('STARTTLS');
    await reader.upgrade();
    await reader.command(`LOGIN "${options.user}" "${options.password}"`);
    return reader;
  }

  /** Sends a command; resolves to everything up to the tagged OK, throws on NO and BAD. */
  async command(text: string): Promise<Buffer> {
    const tag = this.send(text);
    return this.finish(tag, text);
  }

  async append(mailbox: string, message: Buffer, flags: string, date: Date): Promise<void> {
    const tag = this.send(`APPEND ${mailbox} (${flags}) "${imapDate(date)}" {${String(message.length)}}`);
    const answer = await this.line();
    if (!answer.startsWith('+')) throw new Error(`APPEND was answered ${answer}`);
    this.socket.write(message);
    this.socket.write('\r\n');
    await this.finish(tag, 'APPEND');
  }

  /** Every message with its flags (sorted, without \Recent), internal date and bytes, in order of UID. */
  async everything(mailbox: string): Promise<readonly SeenMessage[]> {
    const selected = (await this.command(`SELECT ${mailbox}`)).toString('latin1');
    const count = Number(/\* (\d+) EXISTS/.exec(selected)?.[1] ?? '0');
    const found: SeenMessage[] = [];
    for (let n = 1; n <= count; n += 1) {
      found.push(readFetch(await this.command(`FETCH ${String(n)} (FLAGS INTERNALDATE BODY.PEEK[])`)));
    }
    return found;
  }

  async close(): Promise<void> {
    await this.command('LOGOUT');
    this.socket.destroy();
  }

  private send(text: string): string {
    this.tag += 1;
    const tag = `T${String(this.tag)}`;
    this.socket.write(`${tag} ${text}\r\n`);
    return tag;
  }

  private async finish(tag: string, what: string): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const line = await this.line();
      if (line.startsWith(`${tag} `)) {
        if (!line.startsWith(`${tag} OK`)) throw new Error(`${what.slice(0, 60)} was answered ${line}`);
        return Buffer.concat(parts);
      }
      parts.push(Buffer.from(`${line}\r\n`, 'latin1'));
      const literal = /\{(\d+)\}$/.exec(line);
      if (literal !== null) parts.push(await this.octets(Number(literal[1])));
    }
  }

  private async line(): Promise<string> {
    for (;;) {
      const end = this.received.indexOf('\r\n');
      if (end >= 0) {
        const line = this.received.toString('latin1', 0, end);
        this.received = this.received.subarray(end + 2);
        return line;
      }
      await this.more();
    }
  }

  private async octets(count: number): Promise<Buffer> {
    while (this.received.length < count) await this.more();
    const bytes = this.received.subarray(0, count);
    this.received = this.received.subarray(count);
    return bytes;
  }

  private more(): Promise<void> {
    if (this.ended) throw new Error('the server closed the connection');
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  private listen(): void {
    const wake = (): void => {
      const waiting = this.waiting;
      this.waiting = undefined;
      waiting?.();
    };
    this.socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      wake();
    });
    this.socket.on('close', () => {
      this.ended = true;
      wake();
    });
    this.socket.on('error', () => undefined);
  }

  private async upgrade(): Promise<void> {
    this.socket.removeAllListeners('data');
    const secure = connectTls({ socket: this.socket, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => secure.once('secureConnect', resolve).once('error', reject));
    this.socket = secure;
    this.listen();
  }
}

function imapDate(date: Date): string {
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const day = String(date.getUTCDate()).padStart(2, ' ');
  return `${day}-${months[date.getUTCMonth()] ?? ''}-${String(date.getUTCFullYear())} ${date.toISOString().slice(11, 19)} +0000`;
}

function readFetch(answer: Buffer): SeenMessage {
  const text = answer.toString('latin1');
  const flags = /FLAGS \(([^)]*)\)/.exec(text)?.[1] ?? '';
  const date = /INTERNALDATE "([^"]*)"/.exec(text)?.[1] ?? '';
  const literal = /\{(\d+)\}\r\n/.exec(text);
  if (literal === null) throw new Error(`no body in ${text.slice(0, 100)}`);
  const start = literal.index + literal[0].length;
  return {
    flags: flags
      .split(' ')
      .filter((flag) => flag !== '' && flag !== '\\Recent')
      .sort(),
    date: Date.parse(date.replace(/^ ?(\d+)-(\w+)-(\d+) /, '$1 $2 $3 ')),
    body: text.slice(start, start + Number(literal[1])),
  };
}
