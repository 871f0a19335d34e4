import { okay } from '../command.ts';
import type { AccountRow } from '../command.ts';
import { findMessage } from '../find-message.ts';

/** RFC 1939 §7: names that stay with their messages for good. */
export const uidl: AccountRow = {
  name: 'UIDL',
  state: 'account',
  takes: [0, 1],
  capability: ['UIDL'],
  run(world, [argument]) {
    const { maildrop } = world;
    if (argument === undefined) {
      const lines = maildrop.list().map((message) => `${message.number} ${maildrop.uniqueId(message)}`);
      return { kind: 'lines', text: 'Unique ids follow', lines };
    }
    const message = findMessage(world, argument);
    if ('missing' in message) return message.missing;
    return okay(`${message.found.number} ${maildrop.uniqueId(message.found)}`);
  },
};
