import type { GuestCommand } from '../command.ts';
import { decodeUtf8 } from '../grammar/mailbox-name.ts';
import { astring } from '../grammar/strings.ts';
import { refusedInTheClear } from '../refused-in-the-clear.ts';
import { loginAnswer } from '../response/login.ts';

/** RFC 9051 §6.2.3. Names and passwords are UTF-8; what is not is passed on as it came and is nobody's. */
export const login: GuestCommand = {
  name: 'LOGIN',
  states: 'guest',
  usesSequenceNumbers: false,
  mayReportExpunge: false,
  breaksPipeline: true,
  prepare: (cursor) => {
    cursor.space();
    const name = astring(cursor, 'a user name');
    cursor.space();
    const password = astring(cursor, 'a password');
    cursor.end();
    return async (world) => {
      if (world.login.tls === undefined) return refusedInTheClear(world, 'LOGIN');
      return loginAnswer(
        await world.authenticator.login(
          decodeUtf8(name) ?? name,
          decodeUtf8(password) ?? password,
          world.login,
        ),
      );
    };
  },
};
