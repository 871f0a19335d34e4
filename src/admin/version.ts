import { ok } from '#base/result.ts';
import { operation } from './operation.ts';

export const version = operation({
  name: 'version',
  looksOnly: true,
  meaning: 'The version of this program.',
  input: {},
  run: async (world) => ok({ name: 'postern', version: world.version }),
  render: (output) => [`Postern ${output.version}`],
});
