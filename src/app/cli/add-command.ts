import type { Command } from 'commander';
import { Option } from 'commander';
import type { ExitCode } from '#admin/errors.ts';
import type { Key } from '#config/key.ts';
import { boolean } from '#config/kinds/boolean.ts';
import type { OperationCommand } from './command.ts';
import type { CommonOptions } from './run-operation.ts';
import { runOperation } from './run-operation.ts';

/** Adds an operation to the program: arguments and options come from its inputs, so that neither can drift. */
export function addOperationCommand(
  program: Command,
  row: OperationCommand,
  finish: (code: ExitCode) => void,
): void {
  const words = row.operation.name.split(' ');
  const parent = words.slice(0, -1).reduce(groupOf, program);
  const command = parent.command(words.at(-1) ?? '').description(row.operation.meaning);
  const positional = row.positional ?? [];
  for (const [index, name] of positional.entries())
    command.argument(
      argumentOf(row, name, index === positional.length - 1),
      row.operation.input[name]?.meaning ?? '',
    );
  const others = Object.keys(row.operation.input).filter(
    (name) => !positional.includes(name) && name !== row.secret,
  );
  for (const name of others) addOption(command, name, row.operation.input[name]);
  addCommonOptions(command, row);
  command.action(async (...given: unknown[]) => {
    const options = command.opts<CommonOptions & Record<string, unknown>>();
    const texts = Object.fromEntries([
      ...positional.map((name, index) => [name, given[index]] as const),
      ...others.map((name) => [name, options[name]] as const),
    ]);
    finish(await runOperation(row, texts, options));
  });
}

function groupOf(program: Command, name: string): Command {
  const found = program.commands.find((command) => command.name() === name);
  return found ?? program.command(name).description(groups[name] ?? '');
}

const groups: Readonly<Record<string, string>> = {
  domain: 'Domains that this server serves.',
  account: 'Accounts and their passwords.',
  alias: 'Addresses whose mail goes elsewhere.',
  queue: 'Mail that waits.',
  limits: 'How many may connect, and who.',
  ban: 'Who is not let in.',
  relay: 'Who sends without a log-in.',
  trace: 'What happened to mail, and why.',
  policy: 'What mail from outside has to pass.',
  shadow: 'Other settings of policy, on trial.',
  settings: 'Settings of the store.',
  keys: 'Keys at rest.',
  web: 'Administration in the browser.',
};

function argumentOf(row: OperationCommand, name: string, last: boolean): string {
  const spelled = last && row.variadic === true ? `${name}...` : name;
  return row.operation.input[name]?.presence === 'required' ? `<${spelled}>` : `[${spelled}]`;
}

function addOption(command: Command, name: string, key: Key<unknown> | undefined): void {
  if (key === undefined) return;
  const flag = `--${name}${key.kind === boolean ? '' : ' <value>'}`;
  const standard =
    key.presence === 'default' && key.kind !== boolean
      ? ` (default: ${String(key.defaultShown) || 'none'})`
      : '';
  const option = new Option(flag, `${key.meaning} ${upperFirst(key.kind.description)}.${standard}`);
  command.addOption(option.makeOptionMandatory(key.presence === 'required'));
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function addCommonOptions(command: Command, row: OperationCommand): void {
  if (row.secret !== undefined)
    command
      .option('--password-prompt', 'ask for the password on the terminal')
      .option('--password-stdin', 'read the password from standard input')
      .option('--password-file <file>', 'read the password from a file');
  if (row.operation.foretells) command.option('--dry-run', 'only say what would happen');
  if (row.operation.dangerous) command.option('--yes', 'do it without asking');
  command
    .option(
      '--config <file>',
      'the configuration file (else POSTERN_CONFIG, ./data/postern.toml, /etc/postern/postern.toml)',
    )
    .option('--json', 'one JSON object on standard output; errors as JSON on standard error');
}
