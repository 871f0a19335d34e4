import { exitCodeOf } from '#admin/errors.ts';
import type { OwnCommand } from '../command.ts';
import { findConfiguration } from '../find-configuration.ts';
import { makeTerminal } from '../terminal.ts';

export const serveCommand: OwnCommand = {
  name: 'serve',
  define(command, finish) {
    command
      .description('Run the server until SIGINT or SIGTERM.')
      .option('--config <file>', 'the configuration file')
      .option('--json', 'one line of JSON on standard output once everything listens')
      .action(async (options: { readonly config?: string; readonly json?: true }) => {
        const terminal = makeTerminal(options.json === true);
        const found = findConfiguration(options.config);
        // The server is half of the program: other commands start without it.
        const { runServer } = await import('../run-server.ts');
        if (found.ok) return finish(await runServer(found.value, { terminal, announce: 'ready' }));
        terminal.error(found.error);
        return finish(exitCodeOf(found.error));
      });
  },
};
