import { mistake } from '../command.ts';
import type { GuestRow } from '../command.ts';
import { refusedInTheClear } from '../refused-in-the-clear.ts';

/** RFC 1939 §7; a password may hold spaces. */
export const pass: GuestRow = {
  name: 'PASS',
  state: 'guest',
  takes: 'text',
  async run(world, [password = '']) {
    if (world.login.tls === undefined) return refusedInTheClear(world, 'PASS');
    const { user: name, authenticator, login } = world;
    world.user = undefined;
    if (name === undefined) return mistake('USER comes first');
    return { kind: 'login', end: await authenticator.login(name, password, login) };
  },
};
