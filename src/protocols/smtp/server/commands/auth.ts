import { authArgument, base64 } from '#protocols/smtp/grammar.ts';
import type { Awaitable } from '#base/result.ts';
import { authStep } from '../auth-exchange.ts';
import { wrong, type Call, type Command, type Step } from '../command.ts';
import { reply } from '../reply.ts';
import type { CommandState } from '../state.ts';

type Greeted = Extract<CommandState, { kind: 'greeted' }>;

/** RFC 4954: only on `submission`, only under TLS (P-14, S-01). */
export const auth: Command<'greeted'> = {
  verb: 'AUTH',
  states: ['greeted'],
  elsewhere: reply(503, '5.1', 'EHLO comes first, and no message is under way'),
  run: (call) => {
    const { connection, state } = call;
    if (connection.authenticator === undefined) {
      return declined(call, { code: 502, detail: '5.1', reason: 'Nobody logs in here' });
    }
    if (connection.tls === undefined) {
      return declined(call, { code: 538, detail: '7.11', reason: 'Start TLS first' });
    }
    if (connection.identity !== undefined)
      return wrong(state, reply(503, '5.1', 'You are logged in already'));
    return begin(call);
  },
};

function begin({ connection, state, argument }: Call<Greeted>): Awaitable<Step> {
  const parsed = authArgument(argument);
  if (parsed === undefined)
    return wrong(state, reply(501, '5.4', 'A mechanism and perhaps base64 belong here'));
  const { mechanism, initial } = parsed;
  const offered = connection.mechanisms.includes(mechanism);
  const exchange = offered ? connection.authenticator?.begin(mechanism, connection.loginContext) : undefined;
  if (exchange === undefined) return wrong(state, reply(504, '5.4', 'This mechanism is not known here'));
  const response = initial === undefined || initial === '=' ? undefined : base64(initial);
  if (initial !== undefined && initial !== '=' && response === undefined) {
    return wrong(state, reply(501, '5.2', 'This is no base64'));
  }
  const first = initial === '=' ? new Uint8Array() : response;
  return authStep({
    connection,
    state: { kind: 'auth', hello: state.hello, exchange, mechanism },
    response: first,
  });
}

function declined(
  { connection, state }: Call<Greeted>,
  {
    code,
    detail,
    reason,
  }: { readonly code: number; readonly detail: `${number}.${number}`; readonly reason: string },
): Step {
  const trace = connection.options.intake.refused(connection.transactionContext(state.hello), {
    stage: 'login',
    check: 'login-not-here',
    status: `5.${detail}`,
    reason,
    evidence: {},
  });
  return wrong(state, reply(code, detail, `${reason} [T:${trace}]`));
}
