import { ok } from '#base/result.ts';
import { required } from '#config/key.ts';
import { file } from '#config/kinds/file.ts';
import { operation } from '../operation.ts';
import { counted } from '../show.ts';

export const keysRotate = operation({
  name: 'keys rotate',
  meaning:
    'Make a new master key and wrap all other keys under it. Backups made before still need the old one.',
  input: {
    to: required(file, { meaning: 'Where to write the new master key: a file that does not exist yet.' }),
  },
  preview: async (_world, input) =>
    ok([
      `A new master key will be written to ${input.to}, and every key wrapped under it.`,
      'From then on the store opens only with the new key: set "[keys] master" to it and keep a copy in a safe place.',
      'Keep the old key as long as you keep backups made with it.',
    ]),
  async run(world, input) {
    const rotated = await world.keys.rotateMaster(input.to);
    return rotated.ok ? ok({ ...rotated.value, file: input.to }) : rotated;
  },
  render: (done) => [
    `${counted(done.keys, 'key')} wrapped under the new master key ${done.masterKeyId}.`,
    `Now set  [keys] master = "file:${done.file}"  and copy that file to a safe place.`,
  ],
});
