import { ok } from '#base/result.ts';
import { optional, required } from '#config/key.ts';
import { file } from '#config/kinds/file.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { formatAddress } from '#mail/address.ts';
import { operation } from '../operation.ts';
import { counted } from '../show.ts';

export const restore = operation({
  name: 'restore',
  meaning:
    'Bring everything, or one account, back from a backup. Waiting mail comes back held and is never sent twice.',
  input: {
    folder: required(file, { meaning: 'The folder that "postern backup" wrote.' }),
    account: optional(mailAddress, { meaning: 'Only this account; without it, everything.' }),
  },
  async preview(world, input) {
    const found = await world.backups.read(input.folder);
    if (!found.ok) return found;
    const what = input.account === undefined ? 'Everything' : formatAddress(input.account);
    return ok([
      `${what} will be put back to its state of ${found.value.madeAt}; mail that came later in what is put back is lost.`,
    ]);
  },
  run: (world, input, context) =>
    world.backups.restore(
      input.folder,
      input.account === undefined ? undefined : formatAddress(input.account),
      context.progress,
    ),
  render: (done) => [
    `${counted(done.accounts, 'account')} with ${counted(done.messages, 'message')} restored.`,
  ],
});
