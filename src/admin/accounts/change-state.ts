import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { Address } from '#mail/address.ts';
import { formatAddress } from '#mail/address.ts';
import type { AccountRecord } from '#store/contract/accounts.ts';
import type { AdminError } from '../errors.ts';
import { failed } from '../trouble-error.ts';
import type { AdminWorld } from '../world.ts';
import { findAccount } from './find-account.ts';

/** Lets nobody in any more, or again; its mail comes in either way. */
export async function changeState(
  world: AdminWorld,
  address: Address,
  state: AccountRecord['state'],
): Promise<Result<{ readonly address: string; readonly state: AccountRecord['state'] }, AdminError>> {
  const account = await findAccount(world, address);
  if (!account.ok) return account;
  const where = formatAddress(address);
  const { id, version } = account.value;
  const changed = await world.store.accounts.change(id, { state }, version);
  if (!changed.ok) return failed(changed.error, { where, missing: 'account-not-found' });
  world.notices.accountChanged(id);
  return ok({ address: where, state });
}
