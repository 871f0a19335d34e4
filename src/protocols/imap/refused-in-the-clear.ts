import { answer } from './command.ts';
import type { Answer } from './command.ts';
import { tlsRequired } from './response/login.ts';
import type { GuestWorld } from './world.ts';

/** P-34: whoever sends a name or password in the clear is told so, and the administrator, too. */
export function refusedInTheClear({ login, events }: GuestWorld, command: string): Answer {
  const { client, listener, sessionId: session } = login;
  events.emit({ name: 'login-before-tls', client, listener, session, command });
  return answer(tlsRequired);
}
