import { readFileSync, statSync } from 'node:fs';
import { password as askPassword, isCancel } from '@clack/prompts';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Terminal } from './terminal.ts';

export interface SecretOptions {
  readonly passwordStdin?: true;
  readonly passwordFile?: string;
  readonly passwordPrompt?: true;
}

const secretBytesMax = 4096;

/** Secrets come from a prompt, standard input or a file, never from an argument (CONTRACTS §1). `undefined`: none given. */
export async function readSecret(
  options: SecretOptions,
  terminal: Terminal,
): Promise<Result<string | undefined, AdminError>> {
  if (options.passwordStdin === true) return firstLine(await readStdin(), 'standard input');
  if (options.passwordFile !== undefined) return readSecretFile(options.passwordFile);
  return options.passwordPrompt === true ? await promptTwice(terminal) : ok(undefined);
}

async function readStdin(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > secretBytesMax) break;
  }
  return text;
}

function readSecretFile(path: string): Result<string, AdminError> {
  try {
    if (statSync(path).size > secretBytesMax)
      return err(adminError('value-invalid', `${path} is too large for a password`, path));
    return firstLine(readFileSync(path, 'utf8'), path);
  } catch (error) {
    return err(adminError('file-not-found', error instanceof Error ? error.message : String(error), path));
  }
}

function firstLine(text: string, where: string): Result<string, AdminError> {
  const line = text.replace(/\r?\n$/, '');
  return line === '' || line.includes('\n')
    ? err(adminError('value-invalid', `${where} must hold the password on one line`, where))
    : ok(line);
}

async function promptTwice(terminal: Terminal): Promise<Result<string, AdminError>> {
  if (!terminal.interactive)
    return err(adminError('usage', '--password-prompt needs a terminal', 'password-prompt'));
  const output = process.stderr;
  const first = await askPassword({ message: 'Password', output });
  if (isCancel(first)) return err(adminError('not-confirmed', 'cancelled'));
  const second = await askPassword({ message: 'The same again', output });
  if (isCancel(second)) return err(adminError('not-confirmed', 'cancelled'));
  return first === second
    ? ok(first)
    : err(adminError('value-invalid', 'the two passwords differ', 'password'));
}
