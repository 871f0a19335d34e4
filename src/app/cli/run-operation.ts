import { resolve } from 'node:path';
import { confirm, isCancel } from '@clack/prompts';
import type { AdminError, ExitCode } from '#admin/errors.ts';
import { adminError, exitCodeOf, exitCodes } from '#admin/errors.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { ControlReply, ControlRequest } from '../control/control-message.ts';
import type { OperationCommand } from './command.ts';
import { findConfiguration } from './find-configuration.ts';
import type { OperationChannel } from './operation-channel.ts';
import { openChannel } from './operation-channel.ts';
import { progressLine } from './progress-line.ts';
import type { SecretOptions } from './secret-input.ts';
import { readSecret } from './secret-input.ts';
import type { Terminal } from './terminal.ts';
import { makeTerminal } from './terminal.ts';

/** Options that every command has. */
export interface CommonOptions extends SecretOptions {
  readonly config?: string;
  readonly json?: true;
  readonly dryRun?: true;
  readonly yes?: true;
}

/** Runs one command to its exit code. @param texts inputs by name, as typed */
export async function runOperation(
  command: OperationCommand,
  texts: Readonly<Record<string, unknown>>,
  options: CommonOptions,
): Promise<ExitCode> {
  const terminal = makeTerminal(options.json === true);
  const answer = await answerOf(command, texts, options, terminal);
  if (!answer.ok) {
    terminal.error(answer.error);
    return exitCodeOf(answer.error);
  }
  if ('preview' in answer.value) {
    if (terminal.json) terminal.object({ dryRun: true, would: answer.value.preview });
    else terminal.lines(answer.value.preview);
    return exitCodes.done;
  }
  const { output } = answer.value;
  if (terminal.json) terminal.object(output);
  else terminal.lines(command.operation.render(output), command.paint);
  return command.exitCode?.(output) ?? exitCodes.done;
}

type Answer = Exclude<ControlReply, { progress: unknown } | { error: unknown }>;

async function answerOf(
  command: OperationCommand,
  texts: Readonly<Record<string, unknown>>,
  options: CommonOptions,
  terminal: Terminal,
): Promise<Result<Answer, AdminError>> {
  const configuration = findConfiguration(options.config);
  if (!configuration.ok) return configuration;
  const secret = command.secret === undefined ? ok(undefined) : await readSecret(options, terminal);
  if (!secret.ok) return secret;
  const input = {
    ...inputOf(command, texts),
    ...(command.secret === undefined ? {} : { [command.secret]: secret.value }),
  };
  const channel = await openChannel(configuration.value, command.needs ?? 'store');
  if (!channel.ok) {
    const output = await command.whenClosed?.(configuration.value, channel.error);
    return output === undefined ? channel : ok({ output });
  }
  try {
    return await converse(channel.value, { command, input, options, terminal });
  } finally {
    await channel.value.close();
  }
}

function inputOf(
  command: OperationCommand,
  texts: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(texts).flatMap(([name, text]) => {
    if (text === undefined) return [];
    if (typeof text !== 'string') return [[name, text] as const];
    const value = command.paths?.includes(name) === true ? resolve(text) : text;
    return [[name, command.operation.input[name]?.kind.fromText(value) ?? value] as const];
  });
  return Object.fromEntries(entries);
}

interface Conversation {
  readonly command: OperationCommand;
  readonly input: unknown;
  readonly options: CommonOptions;
  readonly terminal: Terminal;
}

async function converse(channel: OperationChannel, call: Conversation): Promise<Result<Answer, AdminError>> {
  const { operation } = call.command;
  const { options } = call;
  const asks = operation.dangerous && options.yes !== true;
  if (asks || options.dryRun === true) {
    const preview = await ask(channel, {
      v: 1,
      operation: operation.name,
      input: call.input,
      mode: 'preview',
    });
    if (!preview.ok || options.dryRun === true || !('preview' in preview.value)) return preview;
    const agreed = await confirmed(preview.value.preview, call.terminal);
    if (!agreed.ok) return agreed;
  }
  return await ask(channel, { v: 1, operation: operation.name, input: call.input, mode: 'run' });
}

async function confirmed(
  consequences: readonly string[],
  terminal: Terminal,
): Promise<Result<void, AdminError>> {
  if (terminal.json || !terminal.interactive)
    return err(adminError('not-confirmed', `not confirmed: ${consequences.join(' ')}`));
  for (const line of consequences) terminal.note(line);
  const answer = await confirm({ message: 'Go on?', initialValue: false, output: process.stderr });
  return answer === true && !isCancel(answer)
    ? ok(undefined)
    : err(adminError('not-confirmed', 'nothing was done'));
}

async function ask(channel: OperationChannel, request: ControlRequest): Promise<Result<Answer, AdminError>> {
  const line = progressLine(performance.now(), () => performance.now());
  const reply = await channel.ask(request, (progress) => line.show(progress));
  line.clear();
  if ('error' in reply) return err(reply.error);
  return 'progress' in reply ? err(adminError('bug', 'a progress is no answer')) : ok(reply);
}
