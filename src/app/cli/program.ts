import { Command, CommanderError } from 'commander';
import type { ExitCode } from '#admin/errors.ts';
import { adminError, exitCodes } from '#admin/errors.ts';
import { addOperationCommand } from './add-command.ts';
import { operationCommands, ownCommands } from './commands.ts';
import { makeTerminal } from './terminal.ts';

/** Runs the command line to its exit code. @param words without the program's own name */
export async function runCommandLine(words: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const finish = (given: ExitCode): void => {
    code = given;
  };
  const json = words.includes('--json');
  const program = makeProgram(finish, json);
  if (words.length === 0) {
    process.stderr.write(program.helpInformation());
    return exitCodes.usage;
  }
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return tellUsage(error, json);
  }
}

function makeProgram(finish: (code: ExitCode) => void, json: boolean): Command {
  const program = new Command('postern')
    .description(
      'A complete mail server that is secure as installed, explains every decision and proves every protection.',
    )
    .exitOverride()
    .configureOutput({ writeErr: (text) => void (json ? undefined : process.stderr.write(text)) })
    .showSuggestionAfterError(true);
  for (const row of ownCommands) row.define(program.command(row.name), finish);
  for (const row of operationCommands) addOperationCommand(program, row, finish);
  return inherit(program);
}

/** Sub-commands are made with `command()`, which copies settings only when they were set before; groups need it too. */
function inherit(command: Command): Command {
  for (const child of command.commands) inherit(child.copyInheritedSettings(command));
  return command;
}

/** Commander has told a person already; a program is told as JSON. */
function tellUsage(error: CommanderError, json: boolean): ExitCode {
  if (error.exitCode === 0) return exitCodes.done;
  if (error.code === 'commander.help') return exitCodes.usage;
  if (json) makeTerminal(true).error(adminError('usage', error.message.replace(/^error: /, '')));
  return exitCodes.usage;
}
