import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { optional } from '#config/key.ts';
import { secret } from '#config/kinds/secret.ts';
import { generatePassword } from '#identity/generate-password.ts';
import { makeCredentials } from '#identity/make-credentials.ts';
import type { PasswordProblem } from '#identity/password-policy.ts';
import { passwordCharactersMin } from '#identity/password-policy.ts';
import type { Address } from '#mail/address.ts';
import type { Credentials } from '#store/contract/accounts.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';
import type { AdminWorld } from '../world.ts';

/** Long passphrases are welcome; the bound keeps hashing cheap to refuse. */
const passwordCharactersMax = 1024;

export const passwordKey = optional(
  secret({ lengthMax: passwordCharactersMax, description: 'a password of one line' }),
  { meaning: 'The password. Without one, a strong one is made and shown once.' },
);

export interface MadeCredentials {
  readonly credentials: Credentials;
  /** Only a password that was made here: its owner must be shown it once. */
  readonly generated: string | null;
}

export async function credentialsFor(
  world: AdminWorld,
  address: Address,
  given: string | undefined,
): Promise<Result<MadeCredentials, AdminError>> {
  const { random } = world;
  const password = given ?? generatePassword(random);
  const made = await makeCredentials({ password, address, random, nowMs: world.clock.now() });
  if (!made.ok) return err(adminError('password-refused', refusals[made.error], 'password'));
  return ok({ credentials: made.value, generated: given === undefined ? password : null });
}

const refusals: Readonly<Record<PasswordProblem, string>> = {
  'too-short': `the password needs at least ${passwordCharactersMin} characters`,
  'too-simple': 'the password repeats too few characters',
  'names-the-account': 'the password is little more than the name of the account',
  empty: 'the password is empty',
  'too-long': 'the password is too long',
  'forbidden-character': 'the password has a character that cannot be typed everywhere',
  'mixed-direction': 'the password mixes reading directions',
};
