import { okay } from '../command.ts';
import type { AccountRow } from '../command.ts';
import { findMessage } from '../find-message.ts';

/** RFC 1939 §5. */
export const list: AccountRow = {
  name: 'LIST',
  state: 'account',
  takes: [0, 1],
  run(world, [argument]) {
    if (argument === undefined) {
      const messages = world.maildrop.list();
      const lines = messages.map(({ number, sizeBytes }) => `${number} ${sizeBytes}`);
      return { kind: 'lines', text: `${messages.length} messages`, lines };
    }
    const message = findMessage(world, argument);
    if ('missing' in message) return message.missing;
    return okay(`${message.found.number} ${message.found.sizeBytes}`);
  },
};
