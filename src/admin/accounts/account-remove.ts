import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { formatAddress } from '#mail/address.ts';
import { operation } from '../operation.ts';
import { counted, showSize } from '../show.ts';
import { failed } from '../trouble-error.ts';
import { findAccount } from './find-account.ts';

/** The key goes first, so that no copy of the file can be read any more (STORAGE §4 Erasure). */
export const accountRemove = operation({
  name: 'account remove',
  meaning: 'Destroy an account with all its mail. Backups made before still hold it until they are deleted.',
  input: { address: required(mailAddress, { meaning: 'The address.' }) },
  async preview(world, input) {
    const account = await findAccount(world, input.address);
    if (!account.ok) return account;
    const where = formatAddress(input.address);
    const usage = await world.store.accounts.usage(account.value.id);
    if (!usage.ok) return ok([`${where} will be destroyed; how much mail it holds cannot be told.`]);
    const { messages, bytes } = usage.value;
    return ok([
      `${where} will be destroyed with ${counted(messages, 'message')} (${showSize(bytes)}) and its key.`,
    ]);
  },
  async run(world, input) {
    const account = await findAccount(world, input.address);
    if (!account.ok) return account;
    const where = formatAddress(input.address);
    world.notices.accountChanged(account.value.id);
    const removed = await world.store.accounts.remove(account.value.id);
    if (!removed.ok) return failed(removed.error, { where, missing: 'account-not-found' });
    return ok({ address: where, id: account.value.id, removed: true });
  },
  render: (gone) => [`The account ${gone.address} and its key are destroyed.`],
});
