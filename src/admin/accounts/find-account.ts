import type { Result } from '#base/result.ts';
import type { Address } from '#mail/address.ts';
import { formatAddress } from '#mail/address.ts';
import type { AccountRecord } from '#store/contract/accounts.ts';
import type { AdminError } from '../errors.ts';
import { failed } from '../trouble-error.ts';
import type { AdminWorld } from '../world.ts';

export async function findAccount(
  world: AdminWorld,
  address: Address,
): Promise<Result<AccountRecord, AdminError>> {
  const found = await world.store.accounts.byAddress(address);
  return found.ok
    ? found
    : failed(found.error, { where: formatAddress(address), missing: 'account-not-found' });
}
