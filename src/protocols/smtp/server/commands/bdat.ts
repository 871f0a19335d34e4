import { andThen } from '#base/and-then.ts';
import { LineEndWatch } from '#base/line-end-watch.ts';
import type { Awaitable } from '#base/result.ts';
import { bdatArgument, type Chunk } from '#protocols/smtp/grammar.ts';
import { abandon } from '../abandon.ts';
import { wrong, type Call, type Command, type Step } from '../command.ts';
import { refusalReply, reply, type Reply } from '../reply.ts';
import type { ChunkedBody, CommandState } from '../state.ts';

type InMail = Extract<CommandState, { kind: 'mail' | 'chunks' }>;

/** A chunk that nobody wants is read up to this many times the largest message; beyond, the connection ends. */
const unwantedTimesMax = 2;

/**
 * S-09: a chunk smaller than this, which is not the last, counts among the commands that bring no mail forward, so
 * that nobody goes on for ever with `BDAT 0` or a byte at a time.
 */
export const chunkBytesWanted = 256;

/**
 * RFC 3030 §2: as many bytes as it says follow at once, whatever we think of them; so in every state they
 * are read, lest they be taken for commands.
 */
export const bdat: Command = {
  verb: 'BDAT',
  states: ['fresh', 'greeted', 'mail', 'chunks'],
  elsewhere: reply(503, '5.1', 'Not now'),
  run: (call) => {
    const chunk = bdatArgument(call.argument);
    if (chunk === undefined) {
      // Nobody knows how many bytes follow: every line that comes now would be a guess.
      const text =
        'BDAT needs a size; the connection ends, because what follows cannot be told from commands';
      return { ...wrong(call.state, reply(501, '5.4', text)), ask: { kind: 'close' } };
    }
    const { state } = call;
    if (state.kind !== 'mail' && state.kind !== 'chunks') {
      return unwanted(call, chunk, { reply: reply(503, '5.1', 'MAIL and RCPT come first'), after: state });
    }
    return chunkOf({ ...call, state }, chunk);
  },
};

function chunkOf(call: Call<InMail>, chunk: Chunk): Awaitable<Step> {
  const { state } = call;
  if (state.transaction.recipientCount === 0) {
    return unwanted(call, chunk, { reply: reply(554, '5.1', 'No valid recipients'), after: state });
  }
  const body = bodyOf(state);
  if (body.sizeBytes + chunk.sizeBytes > call.connection.options.limits.messageBytesMax) {
    return refused(call, chunk, reply(552, '3.4', 'The message is larger than SIZE allows'));
  }
  if (state.kind === 'chunks') return take(call, chunk, body);
  return andThen(state.transaction.ready(), (answer) => {
    if (answer.ok) return take(call, chunk, body);
    const step = refused(call, chunk, refusalReply(answer.reply));
    return answer.reply.close
      ? andThen(step, (then) => ({ ...then, ask: { kind: 'close' } as const }))
      : step;
  });
}

function bodyOf(state: InMail): ChunkedBody {
  if (state.kind === 'chunks') return state.body;
  return { sizeBytes: 0, watch: state.mail.bodyType === 'binary' ? undefined : new LineEndWatch() };
}

function take({ connection, state }: Call<InMail>, chunk: Chunk, body: ChunkedBody): Step {
  if (chunk.sizeBytes < chunkBytesWanted && !chunk.last) connection.idleCommands += 1;
  const { hello, mail, transaction } = state;
  const grown = { ...body, sizeBytes: body.sizeBytes + chunk.sizeBytes };
  const { last, sizeBytes: leftBytes } = chunk;
  return {
    state: { kind: 'chunk', hello, mail, transaction, body: grown, leftBytes, last },
    reply: undefined,
  };
}

/** RFC 3030 §2: after a chunk was refused the transaction is over; the chunks behind it meet a 503. */
function refused(call: Call<InMail>, chunk: Chunk, answer: Reply): Awaitable<Step> {
  const after = { kind: 'greeted', hello: call.state.hello } as const;
  return andThen(abandon(call.state, 'a chunk was refused'), () =>
    unwanted(call, chunk, { reply: answer, after }),
  );
}

function unwanted(
  { connection }: Call,
  chunk: Chunk,
  { reply, after }: { readonly reply: Reply; readonly after: CommandState },
): Step {
  const step = {
    state: { kind: 'unwanted-chunk', leftBytes: chunk.sizeBytes, reply, after },
    reply: undefined,
    wrong: 'command',
  } as const;
  if (chunk.sizeBytes <= unwantedTimesMax * connection.options.limits.messageBytesMax) return step;
  return { state: after, reply, wrong: 'command', ask: { kind: 'close' } };
}
