import { required } from '#config/key.ts';
import { file } from '#config/kinds/file.ts';
import { operation } from '../operation.ts';
import { counted, showSize } from '../show.ts';

export const backup = operation({
  name: 'backup',
  meaning:
    'Write a backup of everything into a new folder, sealed as the store is, while no server runs. It does not contain the master key.',
  input: { folder: required(file, { meaning: 'A new or empty folder.' }) },
  run: (world, input, context) => world.backups.write(input.folder, context.progress),
  render: (made) => [
    `The backup in ${made.folder} is complete: ${counted(made.accounts, 'account')}, ${counted(made.files, 'file')}, ${showSize(made.sizeBytes)}.`,
    `It opens only with master key ${made.masterKeyId}: keep a copy of that key elsewhere.`,
  ],
});
