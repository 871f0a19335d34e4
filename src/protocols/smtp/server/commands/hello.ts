import { andThen } from '#base/and-then.ts';
import type { Awaitable } from '#base/result.ts';
import { offered } from '#protocols/smtp/extensions.ts';
import { ehloName } from '#protocols/smtp/grammar.ts';
import { wrong, type Call, type Command, type Step } from '../command.ts';
import { bareReply, manyLines, reply, type Reply } from '../reply.ts';
import { abandon } from '../abandon.ts';
import type { Hello } from '../state.ts';

const everywhere = ['fresh', 'greeted', 'mail', 'chunks'] as const;

/** RFC 5321 §4.1.1.1: who is there, and what can we do. Ends a transaction like RSET (§4.1.4). */
function helloCommand(verb: string, protocol: Hello['protocol'], answer: (call: Call) => Reply): Command {
  return {
    verb,
    states: everywhere,
    elsewhere: reply(503, '5.1', 'Not now'),
    idle: true,
    run: (call): Awaitable<Step> => {
      const name = ehloName(call.argument);
      if (!name.ok) return wrong(call.state, reply(501, name.error.detail, name.error.text));
      const hello = { name: name.value, protocol, ...call.connection.claimedHello };
      return andThen(abandon(call.state, verb), () => ({
        state: { kind: 'greeted', hello },
        reply: answer(call),
      }));
    },
  };
}

function extended({ connection }: Call): Reply {
  const { hostname, limits } = connection.options;
  const { canStartTls, mechanisms, mayXclient } = connection;
  const { messageBytesMax } = limits;
  return manyLines(250, [hostname, ...offered({ messageBytesMax, canStartTls, mechanisms, mayXclient })]);
}

export const ehlo = helloCommand('EHLO', 'ESMTP', extended);
export const helo = helloCommand('HELO', 'SMTP', ({ connection }) =>
  bareReply(250, connection.options.hostname),
);
/** RFC 2033 §4.1. */
export const lhlo = helloCommand('LHLO', 'LMTP', extended);
