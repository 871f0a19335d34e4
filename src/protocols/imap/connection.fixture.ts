import { Buffer } from 'node:buffer';
import { Framer } from '#base/framing.ts';
import type { Authenticator, Identity } from '#identity/authenticator.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type { Next, ProtocolSession, SessionFactory, Turn } from '#protocols/conversation.ts';

/** The loop of `net/` in small, for tests of this folder: bytes in any chunking to text out. */
export class TestConnection {
  readonly #framer = new Framer();
  readonly #session: ProtocolSession;
  #next: Next = { kind: 'close' };
  #woken = false;
  #output: Buffer[] = [];
  readonly pausesMs: number[] = [];
  over = false;

  constructor(factory: SessionFactory, options: { readonly tls: boolean }) {
    this.#session = factory({
      sessionId: 'test',
      listener: 'imap',
      role: 'imap',
      client: '192.0.2.1',
      clientPort: 1024,
      localAddress: '192.0.2.2',
      localPort: 143,
      tls: options.tls ? tlsFacts : undefined,
      tlsMode: options.tls ? 'implicit' : 'starttls',
      exempt: new Set(),
      wake: () => {
        this.#woken = true;
      },
    });
  }

  async open(): Promise<string> {
    await this.#take(await this.#session.open());
    return this.#said();
  }

  /** Lines as a client writes them; the CR LF of the last is added. Returns all that was said since. */
  async say(text: string): Promise<string> {
    return this.bytes(Buffer.from(`${text}\r\n`, 'latin1'));
  }

  async bytes(bytes: Uint8Array): Promise<string> {
    this.#framer.push(bytes);
    await this.#pump();
    return this.#said();
  }

  /** The same, in the pieces in which it was handed over. */
  async chunks(text: string): Promise<readonly Buffer[]> {
    this.#framer.push(Buffer.from(`${text}\r\n`, 'latin1'));
    await this.#pump();
    const chunks = this.#output;
    this.#output = [];
    return chunks;
  }

  /** What comes without being asked for (IDLE). */
  async hear(): Promise<string> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    await this.#pump();
    return this.#said();
  }

  async timeout(): Promise<string> {
    await this.#take(await this.#session.frame({ kind: 'timeout' }));
    return this.#said();
  }

  get waitsFor(): Next {
    return this.#next;
  }

  async close(): Promise<void> {
    this.over = true;
    await this.#session.closed('peer');
  }

  async #pump(): Promise<void> {
    while (!this.over) {
      const next = this.#next;
      if (next.kind === 'tls') {
        await this.#take(await this.#session.secured(tlsFacts));
        continue;
      }
      // How it is done is the wire's business.
      if (next.kind === 'compress') {
        this.#next = next.next;
        continue;
      }
      if (next.kind !== 'line' && next.kind !== 'octets') break;
      if (this.#woken && next.kind === 'line') {
        this.#woken = false;
        await this.#take(await this.#session.frame({ kind: 'wake' }));
        continue;
      }
      const frame = this.#framer.next(next);
      if (frame === undefined) break;
      await this.#take(await this.#session.frame(frame));
    }
  }

  async #take(turn: Turn): Promise<void> {
    for await (const bytes of turn.output) this.#output.push(Buffer.from(bytes));
    this.#next = turn.next;
    if (turn.next.kind === 'pause') {
      this.pausesMs.push(turn.next.ms);
      this.#next = turn.next.next;
    }
    if (this.#next.kind === 'close') await this.close();
  }

  #said(): string {
    const text = Buffer.concat(this.#output).toString('latin1');
    this.#output = [];
    return text;
  }
}

const tlsFacts: TlsFacts = { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' };

/** Lets `user@example.test` in with the password `secret`, by LOGIN and PLAIN. */
export function testAuthenticator(identity: Identity): Authenticator {
  const failed = { kind: 'failed', reason: 'credentials', delayMs: 1_000 } as const;
  const check = (
    name: string,
    password: string,
  ): { kind: 'done'; identity: Identity; bytes: undefined } | typeof failed =>
    name === 'user@example.test' && password === 'secret'
      ? { kind: 'done', identity, bytes: undefined }
      : failed;
  return {
    mechanisms: (context) => (context.tls === undefined ? [] : ['PLAIN']),
    begin: (mechanism) =>
      mechanism !== 'PLAIN'
        ? undefined
        : {
            step: (response) => {
              if (response === undefined) return { kind: 'challenge', bytes: new Uint8Array() };
              const [, name = '', password = ''] = Buffer.from(response).toString('utf8').split('\0');
              return check(name, password);
            },
          },
    login: async (name, password) => check(name, password),
  };
}
