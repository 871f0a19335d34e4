import type { LoginContext, SaslExchange } from './authenticator.ts';
import { newAttempt } from './attempt.ts';
import { fail } from './login-desk.ts';
import type { LoginEnd, LoginParts } from './login-desk.ts';
import { loginWithPassword } from './password-login.ts';
import { saslText } from './sasl-text.ts';

const mechanism = 'PLAIN';

/** RFC 4616: `[authzid] NUL authcid NUL passwd`, in one response. */
export function plainExchange(parts: LoginParts, context: LoginContext): SaslExchange {
  return {
    step(response) {
      if (response === undefined) return { kind: 'challenge', bytes: new Uint8Array(0) };
      return plainLogin(parts, context, response);
    },
  };
}

async function plainLogin(parts: LoginParts, context: LoginContext, response: Uint8Array): Promise<LoginEnd> {
  const fields = saslText(response)?.split('\0');
  const [authzid, user, password] = fields ?? [];
  if (fields?.length !== 3 || user === undefined || password === undefined || user === '') {
    return fail(parts, newAttempt(context, mechanism, user ?? ''), { reason: 'malformed' });
  }
  // Nobody acts for somebody else here; many clients repeat their own name.
  if (authzid !== '' && authzid !== user)
    return fail(parts, newAttempt(context, mechanism, user), { reason: 'credentials' });
  return loginWithPassword(parts, { context, mechanism, user, password });
}
