import { andThen } from '#base/and-then.ts';
import { unreachable, type Awaitable } from '#base/result.ts';
import type { SaslStep } from '#identity/authenticator.ts';
import { base64 } from '#protocols/smtp/grammar.ts';
import { wrong, type Step } from './command.ts';
import type { SmtpConnection } from './connection.ts';
import { bareReply, reply } from './reply.ts';
import type { Hello, TakingState } from './state.ts';

type Auth = Extract<TakingState, { kind: 'auth' }>;
type AuthDone = Extract<TakingState, { kind: 'auth-done' }>;

interface Exchanging {
  readonly connection: SmtpConnection;
  readonly state: Auth;
  readonly response: Uint8Array | undefined;
}

const welcome = reply(235, '7.0', 'You are logged in');
const noBase64 = reply(501, '5.2', 'This is no base64');
const cancelled = reply(501, '7.0', 'Cancelled as you wish');

/** One step of a SASL exchange (RFC 4954 §4). */
export function authStep({ connection, state, response }: Exchanging): Awaitable<Step> {
  return andThen(state.exchange.step(response), (step) => stepTaken(connection, state, step));
}

/** The client's line in an exchange: base64, or `*` to give up. */
export function authLine(
  connection: SmtpConnection,
  state: Auth | AuthDone,
  line: Uint8Array,
): Awaitable<Step> {
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1');
  const greeted = { kind: 'greeted', hello: state.hello } as const;
  if (text === '*') return { state: greeted, reply: cancelled, wrong: 'login' };
  const response = base64(text);
  if (response === undefined) return { state: greeted, reply: noBase64, wrong: 'login' };
  if (state.kind === 'auth') return authStep({ connection, state, response });
  // The server's last words were a challenge of their own; they are answered with nothing (RFC 4954 §4).
  if (response.length > 0) return wrong(greeted, reply(501, '5.2', 'Nothing was to be said any more'));
  state.accept();
  return { state: greeted, reply: welcome };
}

function stepTaken(connection: SmtpConnection, state: Auth, step: SaslStep): Step {
  const { hello } = state;
  switch (step.kind) {
    case 'challenge':
      return { state, reply: challenge(step.bytes) };
    case 'done':
      return loggedIn(connection, hello, step);
    case 'failed':
      return failed(hello, step);
    default:
      return unreachable(step);
  }
}

function challenge(bytes: Uint8Array): Uint8Array {
  return bareReply(334, Buffer.from(bytes).toString('base64'));
}

function loggedIn(connection: SmtpConnection, hello: Hello, step: Extract<SaslStep, { kind: 'done' }>): Step {
  const accept = (): void => {
    connection.identity = step.identity;
    connection.failedLogins = 0;
  };
  if (step.bytes !== undefined) {
    return { state: { kind: 'auth-done', hello, accept }, reply: challenge(step.bytes) };
  }
  accept();
  return { state: { kind: 'greeted', hello }, reply: welcome };
}

/** RFC 4954 §6; the words say nothing of which part was wrong. */
function failed(hello: Hello, { reason, delayMs }: Extract<SaslStep, { kind: 'failed' }>): Step {
  const state = { kind: 'greeted', hello } as const;
  const ask = { kind: 'pause', ms: delayMs } as const;
  switch (reason) {
    case 'credentials':
      return { state, reply: reply(535, '7.8', 'Name or password is wrong'), wrong: 'login', ask };
    case 'malformed':
      return { state, reply: reply(501, '5.2', 'The exchange was malformed'), wrong: 'login', ask };
    case 'limited':
      return { state, reply: reply(454, '7.0', 'Too many failures, try again later'), wrong: 'login', ask };
    case 'unavailable':
      return { state, reply: reply(454, '7.0', 'Logging in is not possible just now'), ask };
    default:
      return unreachable(reason);
  }
}
