import { wrong, type Command } from '../command.ts';
import { reply } from '../reply.ts';

const ready = reply(220, '0.0', 'Ready to start TLS');

/** RFC 3207 §4. What the client said before is forgotten when TLS stands. */
export const starttls: Command<'fresh' | 'greeted'> = {
  verb: 'STARTTLS',
  states: ['fresh', 'greeted'],
  elsewhere: reply(503, '5.1', 'Finish or RSET the message first'),
  run: ({ connection, state, argument }) => {
    if (argument !== '') return wrong(state, reply(501, '5.4', 'STARTTLS takes no argument'));
    if (connection.tls !== undefined) return wrong(state, reply(503, '5.1', 'TLS is in use already'));
    if (!connection.canStartTls) return wrong(state, reply(502, '5.1', 'There is no TLS on this port'));
    return { state: { kind: 'fresh' }, reply: ready, ask: { kind: 'tls' } };
  },
};
