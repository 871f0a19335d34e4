import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { formatAddress } from '#mail/address.ts';
import { operation } from '../operation.ts';
import { counted, showSize } from '../show.ts';
import { failed } from '../trouble-error.ts';
import { findAccount } from './find-account.ts';

/**
 * The key goes first, so that no copy of the file can be read any more; the answer names the date on which the last backup
 * that holds the key expires (STORAGE §4 Erasure).
 */
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
    const { id, createdAtMs } = account.value;
    const removed = await world.store.accounts.remove(id);
    // Also when it failed half-way: who is in must not go on.
    world.notices.accountChanged(id);
    if (!removed.ok) return failed(removed.error, { where, missing: 'account-not-found' });
    const backups = (await world.backups.holding(id)).filter(
      ({ madeAt }) => Date.parse(madeAt) >= createdAtMs,
    );
    const keyGoneAt = backups.at(-1)?.expiresAt ?? null;
    return ok({ address: where, id, removed: true, backups, keyGoneAt });
  },
  render: (gone) => [
    `The account ${gone.address} and its key are destroyed.`,
    ...(gone.keyGoneAt === null
      ? ['No backup that this server made and that has not expired holds its key.']
      : [
          `${counted(gone.backups.length, 'backup')} of this server still ${gone.backups.length === 1 ? 'holds' : 'hold'} its key; the last expires on ${gone.keyGoneAt}, and is to be deleted by then:`,
          ...gone.backups.map(({ folder, expiresAt }) => `  ${folder} (by ${expiresAt})`),
        ]),
    'Copies that were made in other ways (disk images, copies of backups) are not known here.',
  ],
});
