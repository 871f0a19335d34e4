import { ok } from '#base/result.ts';
import { operation } from '../operation.ts';

export const queueRenew = operation({
  name: 'queue renew',
  meaning:
    'Begin an empty queue after its file was lost or damaged, with the server stopped. What waited in it is lost; a damaged file is set aside.',
  input: {},
  async preview(world) {
    const lost = await world.backups.renewQueue({ dryRun: true });
    if (!lost.ok) return lost;
    const file = lost.value.setAside
      ? 'The damaged file of the queue is set aside'
      : 'The file of the queue is gone';
    return ok([
      `${file}, and an empty queue is begun.`,
      'What waited in it is not delivered and nobody is told, unless a backup has it: restore one afterwards.',
      'If the file itself can be put back, do that instead.',
    ]);
  },
  run: (world) => world.backups.renewQueue({ dryRun: false }),
  render: ({ setAside }) => [
    setAside
      ? 'An empty queue was begun; the damaged file is set aside beside it.'
      : 'An empty queue was begun.',
    'What waited in a backup comes back, held, with "postern restore".',
  ],
});
