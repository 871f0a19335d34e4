import { mistake } from '../command.ts';
import type { AccountRow } from '../command.ts';
import { findMessage } from '../find-message.ts';
import { messageFlow } from '../message-flow.ts';
import { readNumber } from '../read-command.ts';

/** RFC 1939 §7: the header, the blank line, and so many lines of the body. */
export const top: AccountRow = {
  name: 'TOP',
  state: 'account',
  takes: [2, 2],
  capability: ['TOP'],
  run(world, [argument, lines]) {
    const message = findMessage(world, argument);
    if ('missing' in message) return message.missing;
    const bodyLines = readNumber(lines);
    if (bodyLines === undefined) return mistake('TOP wants a number of lines');
    const { maildrop } = world;
    return messageFlow({ maildrop, message: message.found, text: 'Top of message follows', bodyLines });
  },
};
