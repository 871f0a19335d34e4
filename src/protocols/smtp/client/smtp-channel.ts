import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { DialFailure, Stream, TlsFacts, TlsFailure, TlsRequest } from '#platform/dialer.ts';
import { ReplyParser } from './reply-parser.ts';
import type { Reply, ReplyProblem } from './reply-parser.ts';
import { StepTime } from './step-time.ts';

/** Why a channel is of no more use; the words are ours. */
export interface ChannelFailure {
  readonly kind: 'closed' | 'timeout' | 'protocol';
  readonly text: string;
}

export interface ChannelParts {
  readonly stream: Stream;
  readonly clock: Clock;
  /** Of the whole attempt. */
  readonly signal: AbortSignal;
}

/** Commands out, replies in, each in bounded time. */
export class SmtpChannel {
  readonly #stream: Stream;
  readonly #time: StepTime;
  #parser = new ReplyParser();

  constructor(parts: ChannelParts) {
    this.#stream = parts.stream;
    this.#time = new StepTime(parts.clock, parts.signal);
  }

  /** A kept connection is used by another attempt. */
  adopt(signal: AbortSignal): void {
    this.#time.adopt(signal);
  }

  /** The server has said more than was asked. */
  get hasUnread(): boolean {
    return this.#parser.hasUnread;
  }

  async write(bytes: Uint8Array, timeoutMs: number): Promise<Result<void, ChannelFailure>> {
    const written = await this.#time.within(timeoutMs, (signal) => this.#stream.write(bytes, signal));
    return written.ok ? written : err(channelFailure(written.error));
  }

  /** The next reply; the time is for the whole of it. */
  reply(timeoutMs: number): Promise<Result<Reply, ChannelFailure>> {
    const here = this.#parsed();
    if (here !== undefined) return Promise.resolve(here);
    return this.#time.within(timeoutMs, (signal) => this.#readReply(signal));
  }

  async #readReply(signal: AbortSignal): Promise<Result<Reply, ChannelFailure>> {
    for (;;) {
      const bytes = await this.#stream.read(signal);
      if (!bytes.ok) return err(channelFailure(bytes.error));
      if (bytes.value === undefined) return err(closedByPeer);
      this.#parser.push(bytes.value);
      const reply = this.#parsed();
      if (reply !== undefined) return reply;
    }
  }

  #parsed(): Result<Reply, ChannelFailure> | undefined {
    const next = this.#parser.next();
    if (!next.ok) return err({ kind: 'protocol', text: problemText[next.error] });
    return next.value === undefined ? undefined : ok(next.value);
  }

  async ask(line: string, timeoutMs: number): Promise<Result<Reply, ChannelFailure>> {
    const written = await this.write(commandBytes([line]), timeoutMs);
    return written.ok ? this.reply(timeoutMs) : written;
  }

  /**
   * Upgrades to TLS. What the server said beyond its go-ahead came in the clear, perhaps from somebody else: such
   * a connection is given up (RFC 3207 §6, response injection). What was known from before is forgotten.
   */
  async secure(tls: TlsRequest, timeoutMs: number): Promise<Result<TlsFacts, TlsFailure>> {
    if (this.hasUnread) return err({ kind: 'handshake', detail: 'clear text after the reply to STARTTLS' });
    this.#parser = new ReplyParser();
    return this.#time.within(timeoutMs, (signal) => this.#stream.secure(tls, signal));
  }

  close(): void {
    this.#time.close();
    this.#stream.close();
  }
}

/** Command lines as bytes. Their parts were parsed before: a line break in one is our own bug. */
export function commandBytes(lines: readonly string[]): Uint8Array {
  for (const line of lines) {
    // oxlint-disable-next-line no-control-regex
    if (/[\u0000-\u001f\u007f]/.test(line)) throw new Error('control character in an SMTP command');
  }
  return Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
}

const closedByPeer: ChannelFailure = { kind: 'closed', text: 'the server closed the connection' };

const problemText: Readonly<Record<ReplyProblem, string>> = {
  syntax: 'the server sent something that is no SMTP reply',
  'mixed-codes': 'the server mixed the codes of two replies',
  'line-too-long': 'the server sent a reply line that is too long',
  'too-many-lines': 'the server sent a reply of too many lines',
};

function channelFailure(failure: DialFailure): ChannelFailure {
  if (failure === 'aborted' || failure === 'timeout') return { kind: 'timeout', text: 'no answer in time' };
  return { kind: 'closed', text: 'the connection was lost' };
}
