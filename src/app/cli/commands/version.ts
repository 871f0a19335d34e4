import { exitCodes } from '#admin/errors.ts';
import { readVersion } from '../../version.ts';
import type { OwnCommand } from '../command.ts';
import { makeTerminal } from '../terminal.ts';

export const versionCommand: OwnCommand = {
  name: 'version',
  define(command, finish) {
    command
      .description('The version of this program.')
      .option('--json', 'one JSON object')
      .action((options: { readonly json?: true }) => {
        const terminal = makeTerminal(options.json === true);
        const version = readVersion();
        if (terminal.json) terminal.object({ name: 'postern', version, node: process.versions.node });
        else terminal.lines([`Postern ${version}`]);
        finish(exitCodes.done);
      });
  },
};
