import { okay } from '../command.ts';
import type { AccountRow } from '../command.ts';
import { findMessage } from '../find-message.ts';

/** RFC 1939 §5: only a mark until QUIT. */
export const dele: AccountRow = {
  name: 'DELE',
  state: 'account',
  takes: [1, 1],
  run(world, [argument]) {
    const message = findMessage(world, argument);
    if ('missing' in message) return message.missing;
    world.maildrop.mark(message.found);
    return okay(`Message ${message.found.number} marked as deleted`);
  },
};
