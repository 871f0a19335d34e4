import { mistake } from '../command.ts';
import type { GuestRow } from '../command.ts';
import { refusedInTheClear } from '../refused-in-the-clear.ts';
import { readBase64 } from '../sasl-line.ts';

/** RFC 5034. */
export const auth: GuestRow = {
  name: 'AUTH',
  state: 'guest',
  takes: [1, 2],
  capability({ authenticator, login }) {
    const names = authenticator.mechanisms(login);
    return names.length === 0 ? [] : [`SASL ${names.join(' ')}`];
  },
  run(world, [name = '', response]) {
    if (world.login.tls === undefined) return refusedInTheClear(world, 'AUTH');
    // RFC 5034 §4: an initial response of no octets is written as an equals sign.
    const initial = response === '=' ? new Uint8Array(0) : readBase64(response);
    if (response !== undefined && initial === undefined) return mistake('Not base64');
    const exchange = world.authenticator.begin(name, world.login);
    if (exchange === undefined) return mistake('No such mechanism');
    return { kind: 'sasl', exchange, initial };
  },
};
