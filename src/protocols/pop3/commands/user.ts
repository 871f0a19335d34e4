import { okay, refused } from '../command.ts';
import type { GuestRow } from '../command.ts';
import { refusedInTheClear } from '../refused-in-the-clear.ts';

/** RFC 1939 §7; only under TLS (P-34). What it says does not tell whether anybody has that name. */
export const user: GuestRow = {
  name: 'USER',
  state: 'guest',
  takes: 'text',
  capability: ({ login }) => (login.tls === undefined ? [] : ['USER']),
  run(world, [name = '']) {
    if (world.login.tls === undefined) return refusedInTheClear(world, 'USER');
    if (name === '') return refused('USER wants a name');
    world.user = name;
    return okay('Now the password');
  },
};
