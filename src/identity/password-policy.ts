import type { Address } from '#mail/address.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { saslprep } from './saslprep.ts';
import type { PrepProblem } from './saslprep.ts';

export type PasswordProblem = PrepProblem | 'too-short' | 'too-simple' | 'names-the-account';

/** NIST SP 800-63B §3.1.1.2: length is what counts. */
export const passwordCharactersMin = 12;
const differentCharactersMin = 5;

/** Is it good enough for this account? Returns it prepared, as it is to be hashed. */
export function checkPassword(password: string, address: Address): Result<string, PasswordProblem> {
  const prepared = saslprep(password);
  if (!prepared.ok) return prepared;
  const characters = Array.from(prepared.value);
  if (characters.length < passwordCharactersMin) return err('too-short');
  if (new Set(characters).size < differentCharactersMin) return err('too-simple');
  return namesAccount(prepared.value, address) ? err('names-the-account') : ok(prepared.value);
}

/** The name, or the name with a little around it. */
function namesAccount(password: string, { local, domain }: Address): boolean {
  const lower = password.toLowerCase();
  const names = [`${local}@${domain}`, local, domain].map((name) => name.toLowerCase());
  return names.some((name) => name.length > 3 && lower.replace(name, '').length < passwordCharactersMin / 2);
}
