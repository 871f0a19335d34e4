import { execFile } from 'node:child_process';
import { lstat, mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Random } from '#platform/random.ts';
import type { Secrets } from '#platform/secrets.ts';
import { masterSecrets } from '#store/sealing/master-secrets.ts';
import { keyBytes } from '#store/sealing/purpose-key.ts';

/*
 * The master key lies outside the data folder (STORAGE §4; CONTRACTS §2 `[keys] master`): 32 bytes, written as 64
 * hexadecimal digits and a line end, so that it can be copied by hand and by any tool.
 */

export type MasterKeyProblem =
  | { readonly code: 'not-found'; readonly detail: string }
  | { readonly code: 'exists'; readonly detail: string }
  /** Others may read it. */
  | { readonly code: 'mode'; readonly detail: string }
  | { readonly code: 'invalid'; readonly detail: string }
  | { readonly code: 'failed'; readonly detail: string };

/** A command that tells the key has this long and may say this much. */
const commandTimeoutMs = 30_000;
const commandOutputBytesMax = 4096;

/**
 * Opens the key that `source` names: `file:PATH` (owner's own, mode 0600 or 0400), `credential:NAME` (below
 * `credentialsFolder`, systemd's `$CREDENTIALS_DIRECTORY`), or `command:PROGRAM ARG …`, run without a shell.
 */
export async function openMasterKey(
  source: string,
  options: { readonly random: Random; readonly credentialsFolder: string | undefined },
): Promise<Result<Secrets, MasterKeyProblem>> {
  const text = await keyText(source, options.credentialsFolder);
  if (!text.ok) return text;
  const hex = text.value.trim();
  if (!/^[0-9a-fA-F]{64}$/.test(hex))
    return problem('invalid', `${kindOf(source)} does not hold 64 hexadecimal digits`);
  return ok(masterSecrets(new Uint8Array(Buffer.from(hex, 'hex')), options.random));
}

/** Makes a new key file with mode 0600 in a folder with mode 0700; an existing one is never touched. Synced on return. */
export async function createMasterKeyFile(
  path: string,
  random: Random,
): Promise<Result<void, MasterKeyProblem>> {
  try {
    await mkdir(dirname(resolve(path)), { recursive: true, mode: 0o700 });
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(`${Buffer.from(random.bytes(keyBytes)).toString('hex')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(dirname(resolve(path)));
    return ok(undefined);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return problem('exists', `${path} is there already`);
    return problem('failed', `${path}: ${messageOf(error)}`);
  }
}

async function keyText(
  source: string,
  credentials: string | undefined,
): Promise<Result<string, MasterKeyProblem>> {
  const colon = source.indexOf(':');
  const rest = source.slice(colon + 1);
  switch (source.slice(0, colon)) {
    case 'file':
      return readKeyFile(rest);
    case 'credential':
      return readCredential(rest, credentials);
    case 'command':
      return runCommand(rest);
    default:
      return problem('invalid', 'a master key is named as file:PATH, credential:NAME or command:CMD');
  }
}

async function readKeyFile(path: string): Promise<Result<string, MasterKeyProblem>> {
  try {
    const { mode } = await lstat(path);
    const others = mode & 0o077;
    if (others !== 0) return problem('mode', `${path} may be read by others; chmod 600 ${path}`);
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    return codeOf(error) === 'ENOENT'
      ? problem('not-found', `${path} is not there`)
      : problem('failed', messageOf(error));
  }
}

/** systemd guards its folder itself; a name leads nowhere else. */
async function readCredential(
  name: string,
  folder: string | undefined,
): Promise<Result<string, MasterKeyProblem>> {
  if (folder === undefined)
    return problem('not-found', 'CREDENTIALS_DIRECTORY is not set: was this started by systemd?');
  if (!/^[\w.-]+$/.test(name) || name.startsWith('.'))
    return problem('invalid', 'a credential is named by a plain name');
  try {
    return ok(await readFile(join(folder, name), 'utf8'));
  } catch (error) {
    return problem(codeOf(error) === 'ENOENT' ? 'not-found' : 'failed', messageOf(error));
  }
}

async function runCommand(command: string): Promise<Result<string, MasterKeyProblem>> {
  const [program, ...args] = command.split(' ').filter((word) => word !== '');
  if (program === undefined) return problem('invalid', 'command: names no program');
  try {
    const options = {
      timeout: commandTimeoutMs,
      maxBuffer: commandOutputBytesMax,
      encoding: 'utf8',
    } as const;
    return ok((await promisify(execFile)(program, args, options)).stdout);
  } catch (error) {
    // The error's own text may quote what the command wrote, and that may be the key.
    return problem('failed', `${program} failed (${codeOf(error) ?? 'unknown'})`);
  }
}

function kindOf(source: string): string {
  return source.startsWith('command:') ? 'the command' : source;
}

function problem(
  code: MasterKeyProblem['code'],
  detail: string,
): { readonly ok: false; readonly error: MasterKeyProblem } {
  return err({ code, detail });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
