import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { file } from '#config/kinds/file.ts';
import { operation } from '../operation.ts';
import { counted } from '../show.ts';

export const restore = operation({
  name: 'restore',
  meaning:
    'Bring everything back from a backup into an empty data folder, while no server runs. Waiting mail comes back held.',
  input: { folder: required(file, { meaning: 'The folder that "postern backup" wrote.' }) },
  async preview(world, input) {
    const found = await world.backups.read(input.folder);
    if (!found.ok) return found;
    const { madeAt, accounts } = found.value;
    return ok([
      `${counted(accounts, 'account')} will be put back as of ${madeAt}; mail that came later is not in this backup.`,
    ]);
  },
  run: (world, input, context) => world.backups.restore(input.folder, context.progress),
  render: (done) => [
    `${counted(done.accounts, 'account')} with ${counted(done.messages, 'message')} restored.`,
    ...(done.held === 0
      ? []
      : [
          `${counted(done.held, 'message')} in the queue ${done.held === 1 ? 'is' : 'are'} held: postern queue list`,
        ]),
  ],
});
