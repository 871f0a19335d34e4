import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { domain } from '#config/kinds/domain.ts';
import { integer } from '#config/kinds/integer.ts';
import type { Kind } from '#config/kind.ts';
import type { Domain } from '#mail/domain.ts';
import { portOffsetByDefault, portOffsetMax } from '../../quickstart/listeners.ts';
import type { OwnCommand } from '../command.ts';
import { makeTerminal } from '../terminal.ts';

interface Options {
  readonly data: string;
  readonly domain: Domain;
  readonly portOffset: number;
  readonly json?: true;
}

const dataByDefault = resolve(import.meta.dirname, '../../../../data');

export const quickstartCommand: OwnCommand = {
  name: 'quickstart',
  define(command, finish) {
    command
      .description(
        'Make a working server with a test domain and one account, on this machine only, and run it.',
      )
      .option('--data <dir>', 'where everything is kept', dataByDefault)
      .option('--domain <domain>', 'the test domain', typed(domain), 'example.test' as Domain)
      .option(
        '--port-offset <n>',
        'added to every standard port; 0 needs root',
        typed(integer({ min: 0, max: portOffsetMax })),
        portOffsetByDefault,
      )
      .option('--json', 'one line of JSON on standard output once everything listens')
      .action(async ({ data, domain, portOffset, json }: Options, self: Command) => {
        // The server is half of the program: other commands start without it.
        const { quickstart } = await import('../../quickstart/quickstart.ts');
        const named = {
          domain: self.getOptionValueSource('domain') === 'cli',
          portOffset: self.getOptionValueSource('portOffset') === 'cli',
        };
        const plan = { dir: resolve(data), domain, portOffset, named };
        finish(await quickstart(plan, makeTerminal(json === true)));
      });
  },
};

function typed<T>(kind: Kind<T>): (text: string) => T {
  return (text) => {
    const read = kind.read(kind.fromText(text));
    if (read.ok) return read.value;
    throw new InvalidArgumentError(`It ${read.error[0]?.message ?? 'is wrong'}.`);
  };
}
