import { andThen } from '#base/and-then.ts';
import { err, ok, type Awaitable, type Result } from '#base/result.ts';
import type { MailParameters } from '#delivery/receive/intake.ts';
import { mailParameterReader, type MailFields } from '#protocols/smtp/extensions.ts';
import { pathAndParameters, reversePath, type EsmtpParameter } from '#protocols/smtp/grammar.ts';
import { wrong, type Call, type Command, type Step } from '../command.ts';
import type { SmtpConnection } from '../connection.ts';
import { refusalReply, reply, type Reply } from '../reply.ts';
import type { CommandState, Hello } from '../state.ts';

type Greeted = Extract<CommandState, { kind: 'greeted' }>;

const accepted = reply(250, '1.0', 'Sender accepted');
const noFields: MailFields = { sizeBytes: undefined, bodyType: '7bit', smtpUtf8: false };

/** RFC 5321 §4.1.1.2: a message begins. */
export const mail: Command<'greeted'> = {
  verb: 'MAIL',
  states: ['greeted'],
  elsewhere: reply(503, '5.1', 'Say hello first, and finish or RSET a message before the next'),
  idle: true,
  run: (call) => {
    const { connection, state } = call;
    const { role } = connection.options;
    if (role === 'submission' && connection.identity === undefined) return loginFirst(call);
    const parameters = mailParameters(call);
    if (!parameters.ok) return wrong(state, parameters.error);
    return begin(connection, state.hello, parameters.value);
  },
};

/** RFC 6409 §4.3, P-12: nothing is accepted from strangers here. */
function loginFirst({ connection, state }: Call<Greeted>): Step {
  const reason = connection.tls === undefined ? 'Start TLS and log in first' : 'Log in first';
  const trace = connection.options.intake.refused(connection.transactionContext(state.hello), {
    stage: 'mail',
    check: 'submitter',
    status: '5.7.0',
    reason,
    evidence: {},
  });
  return wrong(state, reply(530, '7.0', `${reason} [T:${trace}]`));
}

function begin(connection: SmtpConnection, hello: Hello, parameters: MailParameters): Awaitable<Step> {
  const answer = connection.options.intake.begin(connection.transactionContext(hello), parameters);
  return andThen(answer, (begun): Step => {
    if (begun.ok) {
      return {
        state: { kind: 'mail', hello, mail: parameters, transaction: begun.value },
        reply: accepted,
      };
    }
    const ask = begun.reply.close ? ({ kind: 'close' } as const) : undefined;
    return { state: { kind: 'greeted', hello }, reply: refusalReply(begun.reply), ...(ask && { ask }) };
  });
}

function mailParameters({ connection, state, argument }: Call<Greeted>): Result<MailParameters, Reply> {
  const parsed = pathAndParameters(argument, 'FROM');
  if (!parsed.ok) return err(reply(501, parsed.error.detail, parsed.error.text));
  const { path, parameters } = parsed.value;
  const knowsLogins = connection.authenticator !== undefined;
  const fields = readParameters(parameters, { extended: state.hello.protocol !== 'SMTP', knowsLogins });
  if (!fields.ok) return fields;
  const from = reversePath(path, fields.value.smtpUtf8);
  if (!from.ok) {
    // RFC 6531 §3.5 answers an address that needs SMTPUTF8 with 553 5.6.7.
    const code = from.error.detail === '6.7' ? 553 : 501;
    return err(reply(code, from.error.detail, from.error.text));
  }
  const { sizeBytes, bodyType, smtpUtf8 } = fields.value;
  return ok({ from: from.value, sizeBytes, bodyType, smtpUtf8 });
}

/** RFC 5321 §4.1.1.11: an unknown parameter is 555, a malformed one 501. Whoever said HELO knows none. */
function readParameters(
  parameters: readonly EsmtpParameter[],
  { extended, knowsLogins }: { readonly extended: boolean; readonly knowsLogins: boolean },
): Result<MailFields, Reply> {
  let fields = noFields;
  for (const { keyword, value } of parameters) {
    const read = extended ? mailParameterReader(keyword, { knowsLogins }) : undefined;
    if (read === undefined) return err(reply(555, '5.4', `${keyword} is not known here`));
    const next = read(value, fields);
    if (next === undefined) return err(reply(501, '5.4', `The value of ${keyword} is malformed`));
    fields = next;
  }
  return ok(fields);
}
