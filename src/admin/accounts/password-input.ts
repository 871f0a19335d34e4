import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { optional } from '#config/key.ts';
import { string } from '#config/kinds/string.ts';
import type { Credentials } from '#store/contract/accounts.ts';
import type { AdminError } from '../errors.ts';
import { adminError } from '../errors.ts';
import type { AdminWorld } from '../world.ts';

/** Long passphrases are welcome; the bound keeps hashing cheap to refuse. */
const passwordCharactersMax = 1024;

export const passwordKey = optional(
  string({ lengthMax: passwordCharactersMax, description: 'a password of one line' }),
  {
    meaning: 'The password. Without one, a strong one is made and shown once.',
  },
);

export interface MadeCredentials {
  readonly credentials: Credentials;
  /** Only a password that was made here: its owner must be shown it once. */
  readonly generated: string | null;
}

export async function credentialsFor(
  world: AdminWorld,
  password: string | undefined,
): Promise<Result<MadeCredentials, AdminError>> {
  const refusal = password === undefined ? undefined : world.passwords.refusal(password);
  if (refusal !== undefined) return err(adminError('password-refused', refusal, 'password'));
  const chosen = password ?? world.passwords.make();
  return ok({
    credentials: await world.passwords.credentials(chosen),
    generated: password === undefined ? chosen : null,
  });
}
