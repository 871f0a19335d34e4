import { andThen } from '#base/and-then.ts';
import { unreachable, type Awaitable } from '#base/result.ts';
import type { TlsFacts } from '#platform/dialer.ts';
import type {
  ClosedReason,
  Frame,
  Next,
  ProtocolSession,
  SessionFactory,
  Turn,
} from '#protocols/conversation.ts';
import { commandLine } from '#protocols/smtp/grammar.ts';
import { abandon } from './abandon.ts';
import { authLine } from './auth-exchange.ts';
import { chunkPiece, dataPiece, unwantedPiece } from './body.ts';
import { wrong, type AnyCommand, type Step } from './command.ts';
import { greeting } from './greeting.ts';
import { commandsOf } from './commands.ts';
import { SmtpConnection } from './connection.ts';
import { refusalReply, reply, type Reply } from './reply.ts';
import type { SmtpOptions } from './smtp-options.ts';
import type { CommandState, State, TakingState } from './state.ts';

/**
 * RFC 5321 §4.5.3.1.4 asks for 512 octets, and each extension adds to them (RFC 1870 26, RFC 6152 17,
 * RFC 6531 10, RFC 4954 500, RFC 3461 about 1,000): this holds all of them.
 */
const commandBytesMax = 2046;
/** S-09, before login; enough for every response of a SASL exchange. */
const loginBytesMax = 8190;

/** RFC 5321 §4.5.3.2.7. */
const commandTimeoutMs = 5 * 60_000;
/** S-09. */
const loginTimeoutMs = 60_000;
/** RFC 5321 §4.5.3.2.5. */
const dataTimeoutMs = 3 * 60_000;
/** S-09: from MAIL to the end of the body, however steadily it comes. `net/body-pace.ts` bounds how slowly. */
export const transactionMsMax = 60 * 60_000;

const notUnderstood = reply(500, '5.2', 'This is no command');
const unknownCommand = reply(500, '5.1', 'This command is not known');
const tooLong = reply(500, '5.2', 'The line is too long');
const patienceLost = reply(421, '7.0', 'Too much went wrong; goodbye');

/** SMTP and LMTP as servers: sessions for the connections of one listener. */
export function createSmtpFactory(options: SmtpOptions): SessionFactory {
  const service = { commands: commandsOf(options.role), welcome: [greeting(options)] };
  return (facts) => new SmtpSession(new SmtpConnection(options, facts), service);
}

/** What is the same for all connections of a listener. */
interface Service {
  readonly commands: readonly AnyCommand[];
  readonly welcome: readonly Reply[];
}

/** RFC 5321, RFC 6409, RFC 2033: one connection, as an explicit state and the table of commands. */
class SmtpSession implements ProtocolSession {
  readonly #connection: SmtpConnection;
  readonly #service: Service;
  #state: State = { kind: 'fresh' };
  /** Monotonic; while a message is under way. */
  #transactionEndsMs: number | undefined;

  constructor(connection: SmtpConnection, service: Service) {
    this.#connection = connection;
    this.#service = service;
  }

  open(): Awaitable<Turn> {
    const refusal = this.#connection.turnedAway;
    if (refusal !== undefined) return { output: [refusalReply(refusal)], next: { kind: 'close' } };
    const turn = { output: this.#service.welcome, next: this.#wants(this.#state) };
    const delayMs = this.#connection.tarpit?.greetingMs(this.#connection.facts.client) ?? 0;
    return andThen(delayMs, (ms) => (ms === 0 ? turn : this.#greetLate(turn, ms)));
  }

  /** RFC 5321 §4.3.1: a client waits for the greeting; who does not is no mail server (P-32). */
  #greetLate({ output, next }: Turn, ms: number): Turn {
    this.#connection.stranger = true;
    return { output, next: { kind: 'pause', ms, next, early: () => this.#earlyTalker() } };
  }

  #earlyTalker(): Turn {
    const { intake } = this.#connection.options;
    const trace = intake.refused(this.#connection.transactionContext(undefined), {
      stage: 'connect',
      check: 'early-talker',
      status: '5.5.1',
      reason: 'the client spoke before it was greeted',
      evidence: {},
    });
    const refusal = reply(554, '5.1', `You spoke before you were greeted [T:${trace}]`);
    return { output: [refusal], next: { kind: 'close' } };
  }

  frame(frame: Frame): Awaitable<Turn> {
    return andThen(this.#step(frame), (step) => this.#turn(step));
  }

  secured(tls: TlsFacts): Turn {
    this.#connection.secured(tls);
    this.#state = { kind: 'fresh' };
    return { output: [], next: this.#wants(this.#state) };
  }

  closed(reason: ClosedReason): Awaitable<void> {
    return abandon(this.#state, reason);
  }

  #step(frame: Frame): Awaitable<Step> {
    const state = this.#state;
    if (this.#isTransactionOver()) return this.#goodbye('4.2', 'This took too long');
    switch (frame.kind) {
      case 'line':
        return state.kind === 'auth' || state.kind === 'auth-done'
          ? authLine(this.#connection, state, frame.bytes)
          : this.#command(frame.bytes);
      case 'data':
        return state.kind === 'data' ? dataPiece(this.#connection, state, frame) : misled(state);
      case 'octets':
        if (state.kind === 'chunk') return chunkPiece(this.#connection, state, frame);
        return state.kind === 'unwanted-chunk' ? unwantedPiece(state, frame) : misled(state);
      case 'overlong':
        return wrong(commandStateOf(state), tooLong);
      case 'anomaly':
        return this.#anomaly(frame.what);
      case 'wake':
        return { state, reply: undefined };
      case 'timeout':
        return this.#goodbye('4.2', 'This took too long');
      case 'drain':
        return this.#goodbye('3.2', 'This server is stopping, try again in a moment');
      case 'damaged':
        throw new Error('SMTP never asks for compression');
      case 'revoked':
        return this.#goodbye('7.0', 'The account has changed, log in again');
      default:
        return unreachable(frame);
    }
  }

  #command(bytes: Uint8Array): Awaitable<Step> {
    const state = commandStateOf(this.#state);
    const line = commandLine(bytes);
    if (line === undefined) return wrong(state, notUnderstood);
    // They are few: to compare them costs less than to look up a text that is new each time.
    const command = this.#service.commands.find(({ verb }) => verb === line.verb);
    if (command === undefined) return wrong(state, unknownCommand);
    if (!command.states.includes(state.kind)) return wrong(state, command.elsewhere);
    if (command.idle === true) this.#connection.idleCommands += 1;
    // The table's states were just checked: this is the one place where a command meets its state.
    return (command as AnyCommand & { run: (call: object) => Awaitable<Step> }).run({
      connection: this.#connection,
      state,
      argument: line.argument,
    });
  }

  /** A bare line end in a command is how a message is smuggled past someone: seen, told, ended (DESIGN §4). */
  #anomaly(what: 'bare-cr' | 'bare-lf' | 'nul'): Step {
    const state = commandStateOf(this.#state);
    const hello = 'hello' in state ? state.hello : undefined;
    const { intake } = this.#connection.options;
    const trace = intake.refused(this.#connection.transactionContext(hello), {
      stage: hello === undefined ? 'helo' : 'mail',
      check: 'smuggling',
      status: '5.5.2',
      reason: 'a command line held a bare CR, bare LF or NUL',
      evidence: { what },
    });
    const text = `A command ends with CR LF and holds no other CR, LF or NUL [T:${trace}]`;
    return { state, reply: reply(500, '5.2', text), ask: { kind: 'close' } };
  }

  #goodbye(detail: `${number}.${number}`, text: string): Step {
    const { hostname } = this.#connection.options;
    return { state: this.#state, reply: reply(421, detail, `${hostname} ${text}`), ask: { kind: 'close' } };
  }

  #turn(given: Step): Turn {
    const step = this.#slowed(given);
    this.#state = step.state;
    const output: Reply[] = step.reply === undefined ? [] : [step.reply];
    if (this.#patienceEnds(step) && step.ask?.kind !== 'close') {
      output.push(patienceLost);
      this.#tellOfPatience();
      return { output, next: paused(step, { kind: 'close' }) };
    }
    const { ask } = step;
    if (ask?.kind === 'tls' || ask?.kind === 'close') return { output, next: ask };
    return { output, next: paused(step, this.#wants(step.state)) };
  }

  /** Mistakes of a stranger are answered later and later (P-32). */
  #slowed(step: Step): Step {
    const { stranger, tarpit, wrongCommands, refusedRecipients } = this.#connection;
    if (!stranger || step.ask !== undefined) return step;
    if (step.wrong !== 'command' && step.wrong !== 'recipient') return step;
    const ms = tarpit?.errorMs(wrongCommands + refusedRecipients + 1) ?? 0;
    return ms === 0 ? step : { ...step, ask: { kind: 'pause', ms } };
  }

  #patienceEnds(step: Step): boolean {
    const connection = this.#connection;
    if (step.wrong === 'command') connection.wrongCommands += 1;
    else if (step.wrong === 'recipient') connection.refusedRecipients += 1;
    else if (step.wrong === 'deferred-recipient') connection.deferredRecipients += 1;
    else if (step.wrong === 'login') connection.failedLogins += 1;
    const { wrongCommands, refusedRecipients, deferredRecipients, failedLogins, idleCommands } = connection;
    const { limits } = connection.options;
    // Where nothing went wrong no limit is looked up.
    return (
      (wrongCommands > 0 && wrongCommands > limits.wrongCommandsMax) ||
      (refusedRecipients > 0 && refusedRecipients > limits.refusedRecipientsMax) ||
      (deferredRecipients > 0 && deferredRecipients > limits.deferredRecipientsMax) ||
      (failedLogins > 0 && failedLogins >= limits.failedLoginsMax) ||
      (idleCommands > 0 && idleCommands > limits.idleCommandsMax)
    );
  }

  #tellOfPatience(): void {
    const connection = this.#connection;
    const { wrongCommands, refusedRecipients, deferredRecipients, idleCommands, failedLogins } = connection;
    const hello = 'hello' in this.#state ? this.#state.hello : undefined;
    connection.options.intake.refused(connection.transactionContext(hello), {
      stage: 'connect',
      check: 'patience',
      status: '4.7.0',
      reason: 'too much went wrong in one connection',
      evidence: { wrongCommands, refusedRecipients, deferredRecipients, idleCommands, failedLogins },
    });
  }

  #wants(state: State): Next {
    if (!isTransaction(state)) {
      this.#transactionEndsMs = undefined;
      return this.#stranger() ? loginLine : plainLine;
    }
    const leftMs = this.#transactionLeftMs();
    const timeoutMs = Math.min(dataTimeoutMs, leftMs);
    switch (state.kind) {
      case 'data':
        return { kind: 'data', timeoutMs };
      case 'chunk':
      case 'unwanted-chunk':
        return { kind: 'octets', count: state.leftBytes, timeoutMs };
      default:
        return {
          ...plainLine,
          timeoutMs: Math.min(commandTimeoutMs, leftMs),
          unfinished: state.kind === 'chunks',
        };
    }
  }

  /** Also for who never lets us wait. */
  #isTransactionOver(): boolean {
    return this.#transactionEndsMs !== undefined && this.#transactionLeftMs() === 0;
  }

  #transactionLeftMs(): number {
    const nowMs = this.#connection.options.clock.monotonic();
    this.#transactionEndsMs ??= nowMs + transactionMsMax;
    return Math.max(0, this.#transactionEndsMs - nowMs);
  }

  /** Nobody is logged in where one has to be. */
  #stranger(): boolean {
    return this.#connection.options.role === 'submission' && this.#connection.identity === undefined;
  }
}

const plainLine = { kind: 'line', limitBytes: commandBytesMax, timeoutMs: commandTimeoutMs } as const;
const loginLine = { kind: 'line', limitBytes: loginBytesMax, timeoutMs: loginTimeoutMs } as const;

type InTransaction = Extract<State, { kind: 'mail' | 'chunks' | 'data' | 'chunk' | 'unwanted-chunk' }>;

function isTransaction(state: State): state is InTransaction {
  return (
    state.kind !== 'fresh' && state.kind !== 'greeted' && state.kind !== 'auth' && state.kind !== 'auth-done'
  );
}

function paused({ ask }: Step, next: Next): Next {
  return ask?.kind === 'pause' && ask.ms > 0 ? { kind: 'pause', ms: ask.ms, next } : next;
}

/** The state in which the next command is given; an exchange that was broken off is over. */
function commandStateOf(state: State): CommandState {
  switch (state.kind) {
    case 'auth':
    case 'auth-done':
      return { kind: 'greeted', hello: state.hello };
    case 'unwanted-chunk':
      return state.after;
    case 'data':
    case 'chunk':
      return misled(state);
    default:
      return state;
  }
}

/** The loop gave a frame that this state never asked for. */
function misled(state: TakingState | CommandState): never {
  throw new Error(`a frame that ${state.kind} did not ask for`);
}
