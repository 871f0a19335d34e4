import type { LoginContext, SaslExchange, SaslStep } from './authenticator.ts';
import { newAttempt } from './attempt.ts';
import { fail } from './login-desk.ts';
import type { LoginParts } from './login-desk.ts';
import { loginWithPassword } from './password-login.ts';
import { saslText } from './sasl-text.ts';

const mechanism = 'LOGIN';

/** draft-murchison-sasl-login: name and password, each asked for; what old Outlook speaks. */
export function loginExchange(parts: LoginParts, context: LoginContext): SaslExchange {
  let asked: 'nothing' | 'user' | 'password' = 'nothing';
  let user = '';
  return {
    step(response) {
      if (response === undefined) {
        asked = 'user';
        return ask('Username:');
      }
      const text = saslText(response);
      if (text === undefined)
        return fail(parts, newAttempt(context, mechanism, user), { reason: 'malformed' });
      if (asked === 'password') return loginWithPassword(parts, { context, mechanism, user, password: text });
      user = text;
      asked = 'password';
      return ask('Password:');
    },
  };
}

function ask(prompt: string): SaslStep {
  return { kind: 'challenge', bytes: Buffer.from(prompt) };
}
