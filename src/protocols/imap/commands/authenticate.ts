import { Buffer } from 'node:buffer';
import type { SaslExchange } from '#identity/authenticator.ts';
import { answer } from '../command.ts';
import type { Answer, GuestCommand } from '../command.ts';
import { atom, isAtomCharacter } from '../grammar/strings.ts';
import { timeoutMsBeforeLogin } from '../limits.ts';
import { bad, refused } from '../response/done.ts';
import { refusedInTheClear } from '../refused-in-the-clear.ts';
import { loginAnswer } from '../response/login.ts';
import type { GuestWorld } from '../world.ts';

/** RFC 9051 §6.2.2, with the initial response of SASL-IR (RFC 4959). */
export const authenticate: GuestCommand = {
  name: 'AUTHENTICATE',
  states: 'guest',
  usesSequenceNumbers: false,
  mayReportExpunge: false,
  breaksPipeline: true,
  provides: ['SASL-IR'],
  prepare: (cursor) => {
    cursor.space();
    const mechanism = atom(cursor, 'a mechanism').toUpperCase();
    const initial = cursor.skip(' ')
      ? cursor.run((code) => code === 0x3d || isAtomCharacter(code))
      : undefined;
    cursor.end();
    return (world) => begin(world, mechanism, initial);
  },
};

function begin(world: GuestWorld, mechanism: string, initial: string | undefined): Answer | Promise<Answer> {
  if (world.login.tls === undefined) return refusedInTheClear(world, 'AUTHENTICATE');
  const exchange = world.authenticator.begin(mechanism, world.login);
  if (exchange === undefined) return answer(refused('There is no such mechanism here', 'CANNOT'));
  if (initial === undefined) return proceed(exchange, undefined);
  // RFC 4959 §3: "=" is an initial response of no bytes.
  const bytes = initial === '=' ? Buffer.alloc(0) : decodeBase64(initial);
  return bytes === undefined ? answer(bad('The initial response is not base64')) : proceed(exchange, bytes);
}

async function proceed(exchange: SaslExchange, response: Uint8Array | undefined): Promise<Answer> {
  const step = await exchange.step(response);
  if (step.kind === 'challenge') return challenge(step.bytes, (bytes) => proceed(exchange, bytes));
  // IMAP's OK carries no data: the server's last words are one more challenge with an empty reply (RFC 4422 §3.6).
  if (step.kind === 'done' && step.bytes !== undefined) return challenge(step.bytes, () => loginAnswer(step));
  return loginAnswer(step);
}

function challenge(bytes: Uint8Array, then: (bytes: Uint8Array) => Answer | Promise<Answer>): Answer {
  return {
    kind: 'dialog',
    data: `+ ${Buffer.from(bytes).toString('base64')}\r\n`,
    dialog: {
      hearsNews: false,
      timeoutMs: () => timeoutMsBeforeLogin,
      line: (line) => {
        if (line === '*') return answer(bad('The exchange was cancelled'));
        const response = decodeBase64(line);
        return response === undefined ? answer(bad('The response is not base64')) : then(response);
      },
    },
  };
}

function decodeBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}
