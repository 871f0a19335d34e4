import { optional, required } from '#config/key.ts';
import { file } from '#config/kinds/file.ts';
import { mailAddress } from '#config/kinds/mail-address.ts';
import { operation } from '../operation.ts';
import { counted, showSize } from '../show.ts';

export const backup = operation({
  name: 'backup',
  meaning:
    'Write a backup of everything, or of one account, into a new folder, sealed as the store is; the server goes on meanwhile. It does not contain the master key.',
  input: {
    folder: required(file, { meaning: 'A new or empty folder, outside the data folder.' }),
    account: optional(mailAddress, { meaning: 'Only this account.' }),
  },
  run: (world, { folder, account }, context) => world.backups.write({ folder, account }, context.progress),
  render: (made) => [
    `The backup in ${made.folder} is complete: ${counted(made.accounts, 'account')}, ${counted(made.files, 'file')}, ${showSize(made.sizeBytes)}.`,
    ...made.missing.map((what) => `It lacks ${what}`),
    `It opens only with master key ${made.masterKeyId}: keep a copy of that key elsewhere.`,
    `Delete it by ${made.expiresAt}: only then is gone for good what is erased from now on.`,
  ],
});
