import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Address } from '#mail/address.ts';
import type { Trouble } from './contract/trouble.ts';
import { looksReserved } from './reserved-name.ts';
import { beyondLimit, exists, invalid, notFound } from './trouble.ts';

export const aliasTargetsMax = 100;

export interface NewAddressQuestion {
  readonly address: Address;
  readonly reservedNameAllowed: boolean;
  readonly domainIsLocal: boolean;
  /** Is there an account or alias of this address? */
  readonly taken: boolean;
}

/** May an account or alias be made at this address? `invalid` `reserved-name` also for look-alikes (S-03). */
export function checkNewAddress(question: NewAddressQuestion): Result<void, Trouble> {
  if (!question.domainIsLocal) return notFound('domain');
  if (question.address.local === '') return invalid('address');
  if (question.taken) return exists('address');
  if (!question.reservedNameAllowed && looksReserved(question.address.local)) return invalid('reserved-name');
  return ok(undefined);
}

export function checkAliasTargets(targets: readonly Address[]): Result<void, Trouble> {
  if (targets.length === 0) return invalid('targets');
  return targets.length > aliasTargetsMax ? beyondLimit('targets', aliasTargetsMax) : ok(undefined);
}
