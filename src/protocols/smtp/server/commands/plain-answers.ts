import { andThen } from '#base/and-then.ts';
import { abandon } from '../abandon.ts';
import { wrong, type Command } from '../command.ts';
import { reply, type Reply } from '../reply.ts';

const everywhere = ['fresh', 'greeted', 'mail', 'chunks'] as const;
const elsewhere = reply(503, '5.1', 'Not now');
const done = reply(250, '0.0', 'Done');

/** A command whose answer is always the same. */
function always(verb: string, answer: Reply): Command {
  return { verb, states: everywhere, elsewhere, idle: true, run: ({ state }) => ({ state, reply: answer }) };
}

/** RFC 5321 §4.1.1.9; an argument is allowed and ignored. */
export const noop: Command = always('NOOP', done);

/** RFC 5321 §4.1.1.8. */
export const help: Command = always(
  'HELP',
  reply(214, '0.0', 'RFC 5321 and what EHLO names; ask postmaster'),
);

/** RFC 5321 §3.5.3: says nothing, politely, so that nobody can try names. */
export const vrfy: Command = {
  ...always('VRFY', reply(252, '1.5', 'Send a message and see')),
  run: ({ state, argument }) =>
    argument === ''
      ? wrong(state, reply(501, '5.4', 'VRFY needs a name'))
      : { state, reply: reply(252, '1.5', 'Send a message and see') },
};

/** RFC 5321 §3.5.2, §7.3: never. */
export const expn: Command = {
  ...always('EXPN', elsewhere),
  run: ({ state }) => wrong(state, reply(502, '5.1', 'Lists are not shown')),
};

/** RFC 5321 §4.1.1.5: the message is forgotten, the greeting is not. */
export const rset: Command = {
  verb: 'RSET',
  states: everywhere,
  elsewhere,
  idle: true,
  run: ({ state, argument }) => {
    if (argument !== '') return wrong(state, reply(501, '5.4', 'RSET takes no argument'));
    return andThen(abandon(state, 'RSET'), () => ({
      state: 'hello' in state ? { kind: 'greeted', hello: state.hello } : state,
      reply: done,
    }));
  },
};

/** RFC 5321 §4.1.1.10. */
export const quit: Command = {
  verb: 'QUIT',
  states: everywhere,
  elsewhere,
  run: ({ state }) => ({ state, reply: goodbye, ask: { kind: 'close', agreed: true } }),
};

const goodbye = reply(221, '0.0', 'Goodbye');
