import { okay } from '../command.ts';
import type { AccountRow } from '../command.ts';

/** RFC 1939 §5. */
export const rset: AccountRow = {
  name: 'RSET',
  state: 'account',
  takes: [0, 0],
  run({ maildrop }) {
    maildrop.unmarkAll();
    return okay('No message is marked');
  },
};
