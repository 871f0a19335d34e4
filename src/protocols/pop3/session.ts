import { unreachable } from '#base/result.ts';
import type { Awaitable } from '#base/result.ts';
import type { Identity, SaslExchange, SaslStep } from '#identity/authenticator.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type { Frame, Next, ProtocolSession, Turn } from '#protocols/conversation.ts';
import { ErrorBudget } from '#protocols/error-budget.ts';
import type { ErrorAnswer } from '#protocols/error-budget.ts';
import type { Answer } from './command.ts';
import { accountCommands, guestCommands } from './commands.ts';
import * as limits from './limits.ts';
import type { LoginEnd } from './login-end.ts';
import { openMaildrop } from './maildrop.ts';
import { BrokenFlow } from './message-flow.ts';
import { readCommand } from './read-command.ts';
import { challengeLine, readBase64 } from './sasl-line.ts';
import type { Pop3Store } from './pop3-store.ts';
import type { AccountWorld, GuestWorld } from './world.ts';

/** What the session cannot make itself. */
export interface SessionParts {
  guest(tls: TlsFacts | undefined): GuestWorld;
  openStore(identity: Identity): Pop3Store;
  readonly implicitTls: TlsFacts | undefined;
  /** Exempt from delays. */
  readonly isSpared: boolean;
  /** The client is sent away for its errors. */
  tooManyErrors(errors: number): void;
  readonly wake: () => void;
}

/** RFC 1939 §3 with the exchange of RFC 5034 as a state of its own. */
type State =
  | { readonly kind: 'guest'; readonly world: GuestWorld }
  | { readonly kind: 'sasl'; readonly world: GuestWorld; readonly exchange: SaslExchange }
  /** The client still has to answer the last data of a login that succeeded. */
  | { readonly kind: 'welcome'; readonly world: GuestWorld; readonly end: LoginEnd }
  | { readonly kind: 'account'; readonly world: AccountWorld }
  /** A message broke off: whatever comes, nothing more may be said. */
  | { readonly kind: 'broken' };

/** A POP3 connection as a state machine: a line in, a turn out. */
export class Pop3Session implements ProtocolSession {
  readonly #parts: SessionParts;
  #state: State;
  #failedLogins = 0;
  readonly #errors: ErrorBudget;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#errors = new ErrorBudget(limits.errorsBeforeLogin, { delays: !parts.isSpared });
    this.#state = { kind: 'guest', world: parts.guest(parts.implicitTls) };
  }

  open(): Turn {
    return this.#say('+OK Postern ready\r\n');
  }

  /** RFC 2595 §4: nothing is said after the handshake. */
  secured(tls: TlsFacts): Turn {
    this.#state = { kind: 'guest', world: this.#parts.guest(tls) };
    return this.#say('');
  }

  /** RFC 1939 §6: without QUIT nothing is deleted. */
  closed(): void {
    this.#state = { kind: 'broken' };
  }

  frame(frame: Frame): Awaitable<Turn> {
    if (this.#state.kind === 'broken') return close('');
    switch (frame.kind) {
      case 'line':
        return this.#line(frame.bytes);
      case 'overlong':
      case 'anomaly':
        return this.#noLine();
      case 'timeout':
        return close('-ERR Nothing was heard for too long\r\n');
      case 'drain':
        return close('-ERR [SYS/TEMP] The server is going down\r\n');
      case 'revoked':
        return close('-ERR The account has changed, log in again\r\n');
      case 'wake':
        return this.#say('');
      default:
        throw new Error(`POP3 never asks for ${frame.kind}`);
    }
  }

  /** In an exchange it ends that: the client's next line is a command again. */
  #noLine(): Turn {
    const state = this.#state;
    const text = 'Not a line of POP3';
    return state.kind === 'sasl' || state.kind === 'welcome'
      ? this.#endSasl(state.world, text)
      : this.#mistake(text);
  }

  #line(bytes: Uint8Array): Awaitable<Turn> {
    const state = this.#state;
    switch (state.kind) {
      case 'guest':
        return this.#guestLine(state.world, bytes);
      case 'account':
        return this.#accountLine(state.world, bytes);
      case 'sasl':
        return this.#saslLine(state.world, state.exchange, bytes);
      case 'welcome':
        return bytes.byteLength === 0 ? this.#loggedIn(state.end) : this.#endSasl(state.world, 'Cancelled');
      default:
        return close('');
    }
  }

  async #guestLine(world: GuestWorld, bytes: Uint8Array): Promise<Turn> {
    const command = readCommand(bytes, guestCommands);
    if (command.kind === 'unreadable') return this.#answer({ kind: 'mistake', text: command.text });
    return this.#answer(await command.row.run(world, command.args));
  }

  async #accountLine(world: AccountWorld, bytes: Uint8Array): Promise<Turn> {
    const command = readCommand(bytes, accountCommands);
    if (command.kind === 'unreadable') return this.#answer({ kind: 'mistake', text: command.text });
    return this.#answer(await command.row.run(world, command.args));
  }

  #answer(answer: Answer): Awaitable<Turn> {
    if (answer.kind !== 'mistake' && answer.kind !== 'err') this.#errors.success();
    switch (answer.kind) {
      case 'ok':
        return this.#say(`+OK ${answer.text}\r\n`);
      case 'err':
        return this.#wrong(answer.text, this.#errors.failure());
      case 'mistake':
        return this.#mistake(answer.text);
      case 'lines':
        return { output: listOutput(answer.text, answer.lines), next: this.#next() };
      case 'flow':
        return { output: this.#guarded(answer.flow), next: this.#next() };
      case 'tls':
        return { output: [Buffer.from('+OK Begin TLS\r\n')], next: { kind: 'tls' } };
      case 'close':
        return close(`${answer.text}\r\n`);
      case 'login':
        return this.#loggedIn(answer.end);
      case 'sasl':
        return this.#beginSasl(answer);
      default:
        return unreachable(answer);
    }
  }

  #mistake(text: string): Turn {
    return this.#wrong(text, this.#errors.mistake());
  }

  /** What the errors of this connection have come to. */
  #wrong(text: string, { delayMs, isLast }: ErrorAnswer): Turn {
    const line = `-ERR ${text}\r\n`;
    if (isLast) this.#parts.tooManyErrors(this.#errors.errors);
    const { output, next } = isLast ? close(line) : this.#say(line);
    return { output, next: delayMs > 0 ? { kind: 'pause', ms: delayMs, next } : next };
  }

  /** World's trouble in the middle of a message leaves one honest way: to break off without its end. */
  async *#guarded(flow: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* flow;
    } catch (fault) {
      if (!(fault instanceof BrokenFlow)) throw fault;
      this.#state = { kind: 'broken' };
      this.#parts.wake();
    }
  }

  // Logging in

  async #beginSasl({ exchange, initial }: Extract<Answer, { kind: 'sasl' }>): Promise<Turn> {
    const state = this.#state;
    if (state.kind !== 'guest') throw new Error('AUTH is a command of guests');
    this.#state = { kind: 'sasl', world: state.world, exchange };
    return this.#saslStep(state.world, await exchange.step(initial));
  }

  async #saslLine(world: GuestWorld, exchange: SaslExchange, bytes: Uint8Array): Promise<Turn> {
    const text = Buffer.from(bytes).toString('latin1');
    const response = readBase64(text);
    if (response !== undefined) return this.#saslStep(world, await exchange.step(response));
    return this.#endSasl(world, text === '*' ? 'Cancelled' : 'Not base64');
  }

  #endSasl(world: GuestWorld, text: string): Turn {
    this.#state = { kind: 'guest', world };
    return this.#mistake(text);
  }

  #saslStep(world: GuestWorld, step: SaslStep): Awaitable<Turn> {
    if (step.kind === 'challenge') return this.#say(challengeLine(step.bytes));
    this.#state = { kind: 'guest', world };
    if (step.kind === 'failed' || step.bytes === undefined) return this.#loggedIn(step);
    // RFC 5034 §4: `+OK` carries no data, so the last data is one more challenge, answered by an empty line.
    this.#state = { kind: 'welcome', world, end: step };
    return this.#say(challengeLine(step.bytes));
  }

  #loggedIn(end: LoginEnd): Awaitable<Turn> {
    if (end.kind === 'failed') return this.#failedLogin(end);
    return this.#enter(end.identity);
  }

  async #enter(identity: Identity): Promise<Turn> {
    const maildrop = await openMaildrop(this.#parts.openStore(identity), identity.account);
    // RFC 3206: the password was right, the mailbox cannot be had just now.
    if (!maildrop.ok) return close('-ERR [SYS/TEMP] The mailbox cannot be reached just now\r\n');
    this.#errors.begin(limits.errorsAfterLogin);
    this.#state = { kind: 'account', world: { kind: 'account', identity, maildrop: maildrop.value } };
    return this.#say('+OK Logged in\r\n');
  }

  #failedLogin({ reason, delayMs }: Extract<LoginEnd, { kind: 'failed' }>): Turn {
    this.#failedLogins += 1;
    const output = [Buffer.from(`-ERR ${failureText[reason]}\r\n`)];
    const isLast = this.#failedLogins >= limits.failedLoginsMax;
    const next: Next = isLast ? { kind: 'close' } : this.#next();
    // The answer waits, and with it all that the client sent behind it.
    return { output, next: delayMs > 0 ? { kind: 'pause', ms: delayMs, next } : next };
  }

  #say(text: string): Turn {
    return { output: text === '' ? [] : [Buffer.from(text)], next: this.#next() };
  }

  #next(): Next {
    const timeoutMs = this.#state.kind === 'account' ? limits.accountTimeoutMs : limits.guestTimeoutMs;
    return { kind: 'line', limitBytes: limits.lineBytesMax, timeoutMs };
  }
}

/** RFC 3206: AUTH says that the credentials are to blame, SYS/TEMP that they are not. */
const failureText: Readonly<Record<Extract<LoginEnd, { kind: 'failed' }>['reason'], string>> = {
  credentials: '[AUTH] Wrong name or password',
  malformed: 'The exchange was malformed',
  limited: '[SYS/TEMP] Too many failed logins, try again later',
  unavailable: '[SYS/TEMP] Logging in is not possible just now, try again later',
};

/** Long lists are pulled only as fast as the client reads (S-09). */
const linesPerPiece = 1_000;

async function* listOutput(text: string, lines: readonly string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`+OK ${text}\r\n`);
  for (let from = 0; from < lines.length; from += linesPerPiece) {
    yield Buffer.from(`${lines.slice(from, from + linesPerPiece).join('\r\n')}\r\n`);
  }
  yield Buffer.from('.\r\n');
}

function close(text: string): Turn {
  return { output: text === '' ? [] : [Buffer.from(text)], next: { kind: 'close' } };
}
