import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Address } from '#mail/address.ts';
import type { Random } from '#platform/random.ts';
import type { Credentials } from '#store/contract/accounts.ts';
import { hashPassword, passwordSaltBytes } from './password-hash.ts';
import { checkPassword } from './password-policy.ts';
import type { PasswordProblem } from './password-policy.ts';
import { makeScramCredentials, scramSaltBytes } from './scram-credentials.ts';

export interface NewPassword {
  readonly password: string;
  readonly address: Address;
  readonly random: Random;
  readonly nowMs: number;
}

/** Both verifiers from one password at the same time, if the password is good enough. */
export async function makeCredentials(request: NewPassword): Promise<Result<Credentials, PasswordProblem>> {
  const { random, nowMs } = request;
  const password = checkPassword(request.password, request.address);
  if (!password.ok) return password;
  const [argon2id, scramSha256] = await Promise.all([
    hashPassword(password.value, random.bytes(passwordSaltBytes)),
    makeScramCredentials(password.value, random.bytes(scramSaltBytes)),
  ]);
  return ok({ argon2id, scramSha256, changedAtMs: nowMs });
}

/** Of an account without a password: nobody logs in. */
export function noCredentials(nowMs: number): Credentials {
  return { argon2id: undefined, scramSha256: undefined, changedAtMs: nowMs };
}
