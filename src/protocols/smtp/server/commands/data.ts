import { andThen } from '#base/and-then.ts';
import { wrong, type Command, type Step } from '../command.ts';
import { bareReply, refusalReply, reply, type Reply } from '../reply.ts';
import type { SmtpRole } from '../smtp-options.ts';

const goAhead = bareReply(354, 'Go ahead; end with a dot on a line of its own');

/** RFC 2033 §4.2 wants 503 where RFC 5321 §3.3 wants 554. */
function noRecipients(role: SmtpRole): Reply {
  return reply(role === 'lmtp' ? 503 : 554, '5.1', 'No valid recipients');
}

/** RFC 5321 §4.1.1.4: the message itself follows. */
export const data: Command<'mail'> = {
  verb: 'DATA',
  states: ['mail'],
  elsewhere: reply(503, '5.1', 'MAIL and RCPT come first, and no BDAT'),
  run: ({ connection, state, argument }) => {
    if (argument !== '') return wrong(state, reply(501, '5.4', 'DATA takes no argument'));
    // RFC 2920 §3.2: in a pipeline DATA comes before the client knows that nobody will get it.
    if (state.transaction.recipientCount === 0) return wrong(state, noRecipients(connection.options.role));
    if (state.mail.bodyType === 'binary') {
      return wrong(state, reply(503, '5.1', 'A binary message is sent with BDAT (RFC 3030)'));
    }
    return andThen(state.transaction.ready(), (answer): Step => {
      const { hello, transaction } = state;
      if (answer.ok) return { state: { kind: 'data', hello, transaction, sizeBytes: 0 }, reply: goAhead };
      const step = { state, reply: refusalReply(answer.reply) };
      return answer.reply.close ? { ...step, ask: { kind: 'close' } } : step;
    });
  },
};
