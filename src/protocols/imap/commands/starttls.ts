import { answer, noArguments } from '../command.ts';
import type { GuestCommand } from '../command.ts';
import { bad, okay } from '../response/done.ts';

/** RFC 9051 §6.2.1 (I-15, I-78, C-3). What the client sent behind it in the clear ends the connection; that is the loop's business. */
export const starttls: GuestCommand = {
  name: 'STARTTLS',
  states: 'guest',
  usesSequenceNumbers: false,
  mayReportExpunge: false,
  breaksPipeline: true,
  prepare: noArguments((world) => {
    if (world.login.tls !== undefined) return answer(bad('TLS is already on'));
    if (world.facts.tlsMode !== 'starttls') return answer(bad('There is no TLS on this port'));
    return { kind: 'done', done: okay('Begin TLS now'), transition: { kind: 'tls' } };
  }),
};
