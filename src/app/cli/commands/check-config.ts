import { exitCodeOf, exitCodes } from '#admin/errors.ts';
import { counted } from '#admin/show.ts';
import type { OwnCommand } from '../command.ts';
import { findConfiguration } from '../find-configuration.ts';
import { makeTerminal } from '../terminal.ts';

export const checkConfigCommand: OwnCommand = {
  name: 'check-config',
  define(command, finish) {
    command
      .description('Read the configuration file and name everything that is wrong with it, without starting.')
      .option('--config <file>', 'the configuration file')
      .option('--json', 'one JSON object')
      .action((options: { readonly config?: string; readonly json?: true }) => {
        const terminal = makeTerminal(options.json === true);
        const found = findConfiguration(options.config);
        if (!found.ok) {
          terminal.error(found.error);
          return finish(exitCodeOf(found.error));
        }
        const { file, listeners, hostname } = found.value;
        if (terminal.json) terminal.object({ config: file, hostname, listeners: listeners.length });
        else terminal.lines([`${file} is in order: ${hostname}, ${counted(listeners.length, 'listener')}.`]);
        return finish(exitCodes.done);
      });
  },
};
