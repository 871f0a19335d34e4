import { unreachable } from '#base/result.ts';
import type { Awaitable } from '#base/result.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type { Frame, Next, ProtocolSession, Turn } from '#protocols/conversation.ts';
import { ErrorBudget } from '#protocols/error-budget.ts';
import type { ErrorAnswer } from '#protocols/error-budget.ts';
import type { Answer, CommandRow, Dialog, LiteralSink, Transition } from './command.ts';
import { dueNews } from './due-news.ts';
import { readCommand, readLiteral } from './read-command.ts';
import type { ReadCommand, TakenLiteral } from './read-command.ts';
import { Receiver } from './receiver.ts';
import type { AnnouncedLiteral } from './receiver.ts';
import * as limits from './limits.ts';
import { bad, formatBye, formatDone, okay } from './response/done.ts';
import type { Done } from './response/done.ts';
import { outputOf, streamOutput } from './response/output.ts';
import { wireBytes } from './response/wire.ts';
import type { AccountWorld, GuestWorld } from './world.ts';

/** What the session cannot make itself. */
export interface SessionParts {
  guest(tls: TlsFacts | undefined): GuestWorld;
  enter(
    identity: Extract<Transition, { kind: 'login' }>['identity'],
    session: { wake(): void },
  ): AccountWorld;
  readonly implicitTls: TlsFacts | undefined;
  /** Exempt from delays. */
  readonly isSpared: boolean;
  /** The client is sent away for its errors. */
  tooManyErrors(errors: number): void;
  readonly wake: () => void;
}

/** What the next frame belongs to. */
type Mode =
  | { readonly kind: 'command' }
  | { readonly kind: 'sink'; readonly tag: string; readonly row: CommandRow; readonly sink: LiteralSink }
  | { readonly kind: 'dialog'; readonly tag: string; readonly row: CommandRow; readonly dialog: Dialog };

const commandMode: Mode = { kind: 'command' };

/**
 * An IMAP connection as a state machine (RFC 9051 §3): frames in, turns out. Its state is two things: the world
 * (guest, or account with or without a selected mailbox), which decides what commands may reach, and the mode,
 * which decides what the next frame is. Commands are run one after the other, each with its news behind it.
 */
export class ImapSession implements ProtocolSession {
  readonly #parts: SessionParts;
  readonly #receiver = new Receiver();
  #world: GuestWorld | AccountWorld;
  #mode: Mode = commandMode;
  /** Of a literal that is on its way. */
  #octetsLeft = 0;
  readonly #errors: ErrorBudget;
  #failedLogins = 0;
  /** A guest who has not logged in by then is sent away (S-09); TLS begins it anew. */
  #loginUntilMs: number;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#errors = new ErrorBudget(limits.errorsBeforeLogin, { delays: !parts.isSpared });
    this.#world = parts.guest(parts.implicitTls);
    this.#loginUntilMs = this.#world.clock.monotonic() + limits.timeoutMsBeforeLogin;
  }

  open(): Turn {
    return this.#turn(`* OK [CAPABILITY ${this.#world.capabilities()}] Postern ready\r\n`);
  }

  /** RFC 9051 §6.2.1: nothing is said after the handshake, the client asks for the capabilities anew. */
  secured(tls: TlsFacts): Turn {
    this.#receiver.reset();
    this.#world = this.#parts.guest(tls);
    this.#loginUntilMs = this.#world.clock.monotonic() + limits.timeoutMsBeforeLogin;
    return this.#turn('');
  }

  async closed(): Promise<void> {
    const mode = this.#mode;
    this.#mode = commandMode;
    if (this.#world.kind === 'account') this.#world.select(undefined);
    if (mode.kind === 'sink') await mode.sink.abandon();
  }

  frame(frame: Frame): Awaitable<Turn> {
    switch (frame.kind) {
      case 'line':
        return this.#line(frame.bytes);
      case 'octets':
        return this.#octets(frame.bytes, frame.last);
      case 'overlong':
        return this.#unreadable(frame.head, 'The line is too long');
      case 'anomaly':
        return this.#unreadable(frame.bytes, 'A line ends with CR LF, and holds no other CR, LF or NUL');
      case 'wake':
        return this.#wake();
      case 'timeout':
        return this.#bye('Nothing was heard for too long');
      case 'drain':
        return this.#bye('The server is going down', 'UNAVAILABLE');
      case 'damaged':
        return this.#bye('What came is not compressed as RFC 1951 says');
      case 'revoked':
        return this.#bye('The account has changed, log in again');
      case 'data':
        throw new Error('IMAP never asks for a DATA body');
      default:
        return unreachable(frame);
    }
  }

  // Frames

  #line(bytes: Uint8Array): Awaitable<Turn> {
    const mode = this.#mode;
    if (mode.kind === 'dialog') return this.#dialogLine(mode, latin1(bytes));
    if (mode.kind === 'sink') return this.#sinkEnd(mode, bytes);
    const received = this.#receiver.line(bytes);
    return received.kind === 'announced'
      ? this.#announced(received.literal)
      : this.#run(readCommand(received.command, this.#world));
  }

  #octets(bytes: Uint8Array, last: boolean): Awaitable<Turn> {
    const mode = this.#mode;
    this.#octetsLeft = last ? 0 : this.#octetsLeft - bytes.length;
    if (mode.kind === 'sink') return this.#sinkOctets(mode, bytes);
    this.#receiver.octets(bytes, last);
    return this.#turn('');
  }

  /** What followed on the line is unknown, and may have announced a literal: going on could read data as commands. */
  #unreadable(head: Uint8Array, text: string): Turn {
    const tag = /^([!#$&',-Z[\]-z|}~]{1,100}) /.exec(latin1(head.subarray(0, 101)))?.[1] ?? '*';
    this.#errors.mistake();
    this.#parts.tooManyErrors(this.#errors.errors);
    return this.#turn(formatDone(tag, bad(text)) + formatBye('The command cannot be read'), {
      kind: 'close',
    });
  }

  async #wake(): Promise<Turn> {
    if (this.#mode.kind !== 'dialog' || !this.#mode.dialog.hearsNews) return this.#turn('');
    const news = await dueNews(this.#world, { expunges: true });
    return news.gone ? this.#goneBye() : this.#turn(news.data);
  }

  #bye(text: string, code?: string): Turn {
    return this.#turn(formatBye(text, code), { kind: 'close' });
  }

  // Literals

  #announced(literal: AnnouncedLiteral): Awaitable<Turn> {
    const { tag, taken } = readLiteral(literal, this.#world);
    if (taken !== undefined) return this.#offer(tag, taken, literal);
    const guest = this.#world.kind === 'guest';
    const bytesMax = guest ? limits.literalBytesMaxBeforeLogin : limits.literalBytesMax;
    if (literal.totalBytes > bytesMax || this.#receiver.literalCount >= limits.literalsMax) {
      return this.#refuseLiteral(
        tag,
        literal,
        bad(`Literals of more than ${bytesMax} octets are not taken here`, 'TOOBIG'),
      );
    }
    this.#receiver.collect(literal);
    return this.#invite(literal);
  }

  /** The octets come now; without LITERAL+ only after being asked for. */
  #invite(literal: AnnouncedLiteral): Turn {
    this.#octetsLeft = literal.sizeBytes;
    return this.#turn(literal.unasked ? '' : '+ Ready\r\n');
  }

  async #offer(tag: string, taken: TakenLiteral, literal: AnnouncedLiteral): Promise<Turn> {
    const sink = await taken.open();
    if ('status' in sink) return this.#refuseLiteral(tag, literal, sink);
    this.#receiver.reset();
    this.#mode = { kind: 'sink', tag, row: taken.row, sink };
    return this.#invite(literal);
  }

  /** A client that did not wait is already sending: rather than read it all for nothing, close (S-09). */
  #refuseLiteral(tag: string, literal: AnnouncedLiteral, done: Done): Turn {
    this.#receiver.reset();
    this.#mode = commandMode;
    if (!literal.unasked) return this.#turn(formatDone(tag, done));
    return this.#turn(formatDone(tag, done) + formatBye('A literal was sent that is not taken', done.code), {
      kind: 'close',
    });
  }

  async #sinkOctets(mode: Extract<Mode, { kind: 'sink' }>, bytes: Uint8Array): Promise<Turn> {
    await mode.sink.write(bytes);
    return this.#turn('');
  }

  async #sinkEnd(mode: Extract<Mode, { kind: 'sink' }>, bytes: Uint8Array): Promise<Turn> {
    const received = this.#receiver.line(bytes);
    if (received.kind === 'announced') {
      await mode.sink.abandon();
      return this.#refuseLiteral(
        mode.tag,
        received.literal,
        bad('Only one message can be appended at a time'),
      );
    }
    this.#mode = commandMode;
    return this.#conclude(mode.tag, mode.row, await mode.sink.end(received.command.text));
  }

  // Commands

  async #run(read: ReadCommand): Promise<Turn> {
    if (read.kind === 'problem') return this.#problem(read.tag, read.done);
    return this.#conclude(read.tag, read.row, await read.run());
  }

  #problem(tag: string, done: Done): Turn {
    return this.#judged(this.#turn(formatDone(tag, done)), this.#errors.mistake());
  }

  /** What the errors of this connection have come to. */
  #judged(turn: Turn, { delayMs, isLast }: ErrorAnswer): Turn {
    if (!isLast) return late(turn, delayMs);
    this.#parts.tooManyErrors(this.#errors.errors);
    const bye = wireBytes(formatBye('Too many commands that cannot be read'));
    const output = Symbol.asyncIterator in turn.output ? [bye] : [...turn.output, bye];
    return late({ output, next: { kind: 'close' } }, delayMs);
  }

  /** A command was understood; how it ended counts too. */
  #counted(turn: Turn, { status }: Done): Turn {
    if (status === 'OK') this.#errors.success();
    if (status === 'OK' || turn.next.kind === 'close') return turn;
    return this.#judged(turn, status === 'NO' ? this.#errors.failure() : this.#errors.mistake());
  }

  async #dialogLine(mode: Extract<Mode, { kind: 'dialog' }>, line: string): Promise<Turn> {
    this.#mode = commandMode;
    return this.#conclude(mode.tag, mode.row, await mode.dialog.line(line));
  }

  async #conclude(tag: string, row: CommandRow, answer: Answer): Promise<Turn> {
    switch (answer.kind) {
      case 'dialog':
        this.#mode = { kind: 'dialog', tag, row, dialog: answer.dialog };
        if (!answer.dialog.hearsNews) return this.#turn(answer.data);
        return this.#withNews(answer.data, row, '');
      case 'stream':
        return this.#streamed(tag, row, answer.stream);
      case 'done':
        if (answer.delayMs !== undefined) return this.#failedLogin(tag, answer.done, answer.delayMs);
        return this.#finished(tag, row, answer);
      default:
        return unreachable(answer);
    }
  }

  async #finished(tag: string, row: CommandRow, answer: Extract<Answer, { kind: 'done' }>): Promise<Turn> {
    const data = answer.data ?? '';
    const tagged = formatDone(tag, answer.done);
    switch (answer.transition?.kind) {
      case 'tls':
        return this.#turn(data + tagged, { kind: 'tls' });
      case 'compress':
        return this.#turn(data + tagged, { kind: 'compress', next: this.#next() });
      case 'close':
        return this.#turn(data + tagged, { kind: 'close' });
      case 'login':
        return this.#login(tag, answer.transition.identity);
      default:
        return this.#counted(await this.#withNews(data, row, tagged), answer.done);
    }
  }

  #login(tag: string, identity: Extract<Transition, { kind: 'login' }>['identity']): Turn {
    this.#errors.begin(limits.errorsAfterLogin);
    this.#world = this.#parts.enter(identity, { wake: () => this.#wakeIfListening() });
    return this.#turn(formatDone(tag, okay('Logged in', `CAPABILITY ${this.#world.capabilities()}`)));
  }

  /** The reply waits, and so does everything the client has sent behind it. */
  #failedLogin(tag: string, done: Done, delayMs: number): Turn {
    this.#failedLogins += 1;
    const last = this.#failedLogins >= limits.failedLoginsMax;
    const text = formatDone(tag, done) + (last ? formatBye('Too many failed logins') : '');
    const after: Next = last ? { kind: 'close' } : this.#next();
    return this.#turn(text, delayMs > 0 ? { kind: 'pause', ms: delayMs, next: after } : after);
  }

  async #streamed(tag: string, row: CommandRow, stream: AsyncGenerator<Uint8Array, Done>): Promise<Turn> {
    const output = await streamOutput(stream, async (done) => {
      const { data } = await dueNews(this.#world, { expunges: row.mayReportExpunge });
      if (done.status === 'OK') this.#errors.success();
      return wireBytes(data + formatDone(tag, done));
    });
    return { output, next: this.#next() };
  }

  // News

  async #withNews(data: string, row: CommandRow, tagged: string): Promise<Turn> {
    const news = await dueNews(this.#world, { expunges: row.mayReportExpunge });
    if (news.gone) return this.#goneBye();
    return this.#turn(data + news.data + tagged);
  }

  #goneBye(): Turn {
    return this.#bye('The selected mailbox was deleted');
  }

  #wakeIfListening(): void {
    if (this.#mode.kind === 'dialog' && this.#mode.dialog.hearsNews) this.#parts.wake();
  }

  // Turns

  #turn(data: string, next: Next = this.#next()): Turn {
    return { output: outputOf(data), next };
  }

  #next(): Next {
    const { kind, clock } = this.#world;
    const guestMs = Math.max(1, this.#loginUntilMs - clock.monotonic());
    if (this.#octetsLeft > 0) {
      const timeoutMs = kind === 'guest' ? guestMs : limits.literalTimeoutMs;
      return { kind: 'octets', count: this.#octetsLeft, timeoutMs };
    }
    const total = kind === 'guest' ? limits.commandBytesMaxBeforeLogin : limits.commandBytesMax;
    const limitBytes = Math.max(0, total - this.#receiver.textBytes);
    if (kind === 'guest') return { kind: 'line', limitBytes, overlong: 'at-once', timeoutMs: guestMs };
    const timeoutMs =
      this.#mode.kind === 'dialog' ? this.#mode.dialog.timeoutMs() : limits.timeoutMsAfterLogin;
    const unfinished = this.#mode.kind === 'sink' || this.#receiver.within;
    return { kind: 'line', limitBytes, overlong: 'at-once', timeoutMs, unfinished };
  }
}

/** Held back, and with it all that the client sent behind it. */
function late({ output, next }: Turn, ms: number): Turn {
  return { output, next: ms > 0 ? { kind: 'pause', ms, next } : next };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
