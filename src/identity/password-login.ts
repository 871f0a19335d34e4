import type { AccountRecord } from '#store/contract/accounts.ts';
import type { LoginContext } from './authenticator.ts';
import { clientNetwork } from './client-network.ts';
import { admit, fail, findAccount, limited, succeed, succeedIfUnchanged, unavailable } from './login-desk.ts';
import type { LoginEnd, LoginParts } from './login-desk.ts';
import type { Standing } from './known-devices.ts';
import { newAttempt } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { verifyPassword } from './password-hash.ts';
import { saslprep } from './saslprep.ts';

export interface PasswordTry {
  readonly context: LoginContext;
  readonly mechanism: string;
  readonly user: string;
  readonly password: string;
}

/**
 * A name and its password, whichever protocol brought them. An unknown name, a disabled account and a wrong password
 * cost one hash each and end in the same words.
 */
export async function loginWithPassword(parts: LoginParts, given: PasswordTry): Promise<LoginEnd> {
  const attempt = newAttempt(given.context, given.mechanism, given.user);
  const admitted = await admit(parts, attempt);
  if (!admitted.ok) return admitted.error;
  const found = await findAccount(parts, attempt);
  if (!found.ok) return unavailable;
  const prepared = saslprep(given.password);
  const password = prepared.ok ? prepared.value : '';
  return verify(parts, attempt, { account: found.value, password, standing: admitted.value });
}

interface Claim {
  readonly account: AccountRecord | undefined;
  readonly password: string;
  readonly standing: Standing;
}

async function verify(parts: LoginParts, attempt: Attempt, claim: Claim): Promise<LoginEnd> {
  const { account, password, standing } = claim;
  const digest = parts.remembered.digest(account, password);
  if (account?.state === 'active' && parts.remembered.knows(account, digest)) {
    return succeed(parts, attempt, { account });
  }
  const stored = account?.credentials.argon2id;
  const network = clientNetwork(attempt.context.client);
  const checking = parts.pool.run(network, () => verifyPassword(password, stored ?? parts.dummyHash));
  if (checking === undefined) return limited(parts, attempt, 'work');
  const isRight = await checking;
  if (!isRight || account?.state !== 'active' || stored === undefined)
    return fail(parts, attempt, { reason: 'credentials', account, standing, digest });
  parts.remembered.remember(account, digest);
  parts.former.right(account.id, digest);
  return succeedIfUnchanged(parts, attempt, { account });
}
