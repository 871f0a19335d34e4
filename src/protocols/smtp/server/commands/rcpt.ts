import { andThen } from '#base/and-then.ts';
import { forwardPath, pathAndParameters } from '#protocols/smtp/grammar.ts';
import { wrong, type Call, type Command, type Step } from '../command.ts';
import { refusalReply, reply } from '../reply.ts';
import type { CommandState } from '../state.ts';

const accepted = reply(250, '1.5', 'Recipient accepted');

/** RFC 5321 §4.1.1.3: one more who shall get it. */
export const rcpt: Command<'mail'> = {
  verb: 'RCPT',
  states: ['mail'],
  elsewhere: reply(503, '5.1', 'MAIL comes first'),
  run: (call) => {
    const { connection, state, argument } = call;
    const parsed = pathAndParameters(argument, 'TO');
    if (!parsed.ok) return wrong(state, reply(501, parsed.error.detail, parsed.error.text));
    const { path, parameters } = parsed.value;
    const [unknown] = parameters;
    if (unknown !== undefined) return wrong(state, reply(555, '5.4', `${unknown.keyword} is not known here`));
    if (path.startsWith('@')) return routeDeclined(call);
    const { postmasterDomain } = connection.options;
    const address = forwardPath(path, { smtpUtf8: state.mail.smtpUtf8, postmasterDomain });
    if (!address.ok) {
      // RFC 6531 §3.5 answers an address that needs SMTPUTF8 with 553 5.6.7.
      const code = address.error.detail === '6.7' ? 553 : 501;
      return wrong(state, reply(code, address.error.detail, address.error.text));
    }
    return andThen(state.transaction.recipient(address.value), (answer): Step => {
      if (answer.ok) return { state, reply: accepted };
      // Who is told "too many" or "full" does not guess names, and shall still send to those who were accepted.
      const what = answer.reply.code < 500 ? 'deferred-recipient' : 'recipient';
      const step = { state, reply: refusalReply(answer.reply), wrong: what } as const;
      return answer.reply.close ? { ...step, ask: { kind: 'close' } } : step;
    });
  },
};

/** RFC 5321 §3.6.1 lets us; P-09 wants it. */
function routeDeclined({ connection, state, argument }: Call<Extract<CommandState, { kind: 'mail' }>>): Step {
  const trace = connection.options.intake.refused(connection.transactionContext(state.hello), {
    stage: 'rcpt',
    check: 'relay',
    status: '5.7.1',
    reason: 'source routes are not followed',
    evidence: { argument },
  });
  return {
    state,
    reply: reply(550, '7.1', `Source routes are not followed here [T:${trace}]`),
    wrong: 'recipient',
  };
}
