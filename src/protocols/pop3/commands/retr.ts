import type { AccountRow } from '../command.ts';
import { findMessage } from '../find-message.ts';
import { messageFlow } from '../message-flow.ts';

/** RFC 1939 §5. */
export const retr: AccountRow = {
  name: 'RETR',
  state: 'account',
  takes: [1, 1],
  run(world, [argument]) {
    const message = findMessage(world, argument);
    if ('missing' in message) return message.missing;
    const { maildrop } = world;
    const text = `${message.found.sizeBytes} octets`;
    return messageFlow({ maildrop, message: message.found, text, bodyLines: Infinity });
  },
};
