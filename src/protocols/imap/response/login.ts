import { unreachable } from '#base/result.ts';
import type { LoginFailure, SaslStep } from '#identity/authenticator.ts';
import type { Answer } from '../command.ts';
import { bad, okay, refused } from './done.ts';
import type { Done } from './done.ts';

/** The end of a login by any mechanism. The session itself writes the reply of a success, with its new capabilities. */
export function loginAnswer(step: Exclude<SaslStep, { kind: 'challenge' }>): Answer {
  if (step.kind === 'done') {
    return { kind: 'done', done: okay('Logged in'), transition: { kind: 'login', identity: step.identity } };
  }
  return { kind: 'done', done: failureDone(step.reason), delayMs: step.delayMs };
}

/** RFC 9051 §7.1: nothing tells an unknown name from a wrong password. */
function failureDone(reason: LoginFailure): Done {
  switch (reason) {
    case 'credentials':
      return refused('Name or password is wrong', 'AUTHENTICATIONFAILED');
    case 'malformed':
      return bad('The exchange cannot be read');
    case 'limited':
      return refused('Too many failed logins; try again later', 'LIMIT');
    case 'unavailable':
      return refused('Logins are not possible at the moment; mail is kept, try again later', 'UNAVAILABLE');
    default:
      return unreachable(reason);
  }
}

/** P-14, P-34: no password in the clear. */
export const tlsRequired: Done = refused('Not without TLS: use STARTTLS or the TLS port', 'PRIVACYREQUIRED');
