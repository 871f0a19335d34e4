import type { AccountRow, GuestRow } from '../command.ts';

export const quitGuest: GuestRow = {
  name: 'QUIT',
  state: 'guest',
  takes: [0, 0],
  run: () => ({ kind: 'close', text: '+OK Goodbye' }),
};

/** RFC 1939 §6: only now is deleted what was marked, and `+OK` waits until that is durable. */
export const quitAccount: AccountRow = {
  name: 'QUIT',
  state: 'account',
  takes: [0, 0],
  async run({ maildrop }) {
    const expunged = await maildrop.expunge();
    return expunged.ok
      ? { kind: 'close', text: `+OK Goodbye, ${expunged.value} deleted` }
      : { kind: 'close', text: '-ERR [SYS/TEMP] The marked messages could not be deleted' };
  },
};
