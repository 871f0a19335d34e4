import { andThen } from '#base/and-then.ts';
import type { WireFrame } from '#base/wire-frame.ts';
import { noAnomalies, type Anomalies } from '#base/line-end-watch.ts';
import type { Awaitable } from '#base/result.ts';
import type { Answer, Transaction } from '#delivery/receive/intake.ts';
import type { QueueId } from '#base/id.ts';
import type { Step } from './command.ts';
import type { SmtpConnection } from './connection.ts';
import { refusalReply, reply, type Reply } from './reply.ts';
import type { Hello, TakingState } from './state.ts';

type InData = Extract<TakingState, { kind: 'data' }>;
type InChunk = Extract<TakingState, { kind: 'chunk' }>;
type Unwanted = Extract<TakingState, { kind: 'unwanted-chunk' }>;

/**
 * A body over the limit is read to its end, so that the client hears why; but an end that does not come is not
 * waited for longer than this many times the limit.
 */
const endlessTimes = 2;

const endless = reply(552, '3.4', 'The message is far larger than SIZE allows');

/** A piece of a DATA body. */
export function dataPiece(
  connection: SmtpConnection,
  state: InData,
  frame: Extract<WireFrame, { kind: 'data' }>,
): Awaitable<Step> {
  const { hello, transaction } = state;
  const sizeBytes = state.sizeBytes + frame.bytes.length;
  if (sizeBytes > endlessTimes * connection.options.limits.messageBytesMax) {
    return { state, reply: endless, ask: { kind: 'close' } };
  }
  const written = frame.bytes.length === 0 ? undefined : transaction.write(frame.bytes);
  return andThen(written, () =>
    frame.last
      ? finish({ connection, hello, transaction, anomalies: frame.anomalies })
      : { state: { ...state, sizeBytes }, reply: undefined },
  );
}

/** A piece of a chunk (RFC 3030 §2). */
export function chunkPiece(
  connection: SmtpConnection,
  state: InChunk,
  frame: Extract<WireFrame, { kind: 'octets' }>,
): Awaitable<Step> {
  const { bytes } = frame;
  const { hello, mail, transaction, body } = state;
  body.watch?.see(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  return andThen(bytes.length === 0 ? undefined : transaction.write(bytes), (): Awaitable<Step> => {
    if (!frame.last)
      return { state: { ...state, leftBytes: state.leftBytes - bytes.length }, reply: undefined };
    if (state.last) {
      return finish({ connection, hello, transaction, anomalies: body.watch?.end() ?? noAnomalies });
    }
    return {
      state: { kind: 'chunks', hello, mail, transaction, body },
      reply: reply(250, '0.0', `${body.sizeBytes} octets so far`),
    };
  });
}

/** A piece of a chunk that is only read to get past it. */
export function unwantedPiece(state: Unwanted, frame: Extract<WireFrame, { kind: 'octets' }>): Step {
  if (frame.last) return { state: state.after, reply: state.reply };
  return { state: { ...state, leftBytes: state.leftBytes - frame.bytes.length }, reply: undefined };
}

interface Finishing {
  readonly connection: SmtpConnection;
  readonly hello: Hello;
  readonly transaction: Transaction;
  readonly anomalies: Anomalies;
}

/** The message is whole: 250 is said only after the queue has it (STORAGE §2). */
async function finish({ connection, hello, transaction, anomalies }: Finishing): Promise<Step> {
  const answers = await transaction.finish(anomalies);
  if (answers.some(({ ok }) => ok)) connection.idleCommands = 0;
  const close = answers.some((answer) => !answer.ok && answer.reply.close);
  return {
    state: { kind: 'greeted', hello },
    reply: answers.length === 1 && answers[0] !== undefined ? answerReply(answers[0]) : allReplies(answers),
    ...(close && { ask: { kind: 'close' } as const }),
  };
}

/** RFC 2033 §4.2: LMTP answers once for each recipient. */
function allReplies(answers: readonly Answer<{ readonly queueId: QueueId }>[]): Reply {
  return Buffer.concat(answers.map(answerReply));
}

function answerReply(answer: Answer<{ readonly queueId: QueueId }>): Reply {
  return answer.ok ? reply(250, '0.0', `Queued as ${answer.value.queueId}`) : refusalReply(answer.reply);
}
