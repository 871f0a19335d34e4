import { okay } from '../command.ts';
import type { AccountRow } from '../command.ts';

/** RFC 1939 §5. */
export const stat: AccountRow = {
  name: 'STAT',
  state: 'account',
  takes: [0, 0],
  run({ maildrop }) {
    const messages = maildrop.list();
    return okay(`${messages.length} ${messages.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)}`);
  },
};
