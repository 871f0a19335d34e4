import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, readFileSync, existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const executeFile = promisify(execFile);

/** A real server or client from Debian's packages, started by hand on loopback and stopped by its process id. */
export interface Peer {
  readonly dir: string;
  readonly port: number;
  /** Everything it logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Why a peer cannot be used here, or undefined: the tests skip by this name, and CI counts a skip as a failure. */
export function missingPeer(...commands: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root to start the servers of other projects';
  const missing = commands.filter((command) => !isExecutable(command));
  return missing.length === 0
    ? undefined
    : `not installed: ${missing.join(', ')} (.ci/install-peers installs it)`;
}

function isExecutable(command: string): boolean {
  const places = command.startsWith('/')
    ? [command]
    : (process.env['PATH'] ?? '')
        .split(':')
        .concat('/usr/sbin', '/usr/bin')
        .map((folder) => join(folder, command));
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export function makeFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `postern-${name}-`));
}

export function removeFolder(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}

/** A TCP port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Waits until something listens on the port. */
export async function listening(port: number, timeoutMs = 20_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (await accepts(port)) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${String(port)} after ${String(timeoutMs)} ms`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Repeats until the answer is true; `what` is asked for only when it never was. */
export async function eventually(
  what: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (await holds()) return;
    await sleep(100);
  }
  const told = typeof what === 'string' ? what : what();
  throw new Error(`not within ${String(timeoutMs)} ms: ${told}`);
}

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs a client to its end; never throws for its exit code. `input` goes to its standard input. */
export async function runClient(
  command: string,
  words: readonly string[],
  options: { input?: string | Buffer; env?: NodeJS.ProcessEnv; timeoutMs?: number; cwd?: string } = {},
): Promise<Outcome> {
  const child = spawn(command, [...words], {
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: options.cwd,
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 255));
  });
  clearTimeout(timer);
  return { code, output: Buffer.concat(chunks).toString('latin1') };
}

/** Runs an administrative command of a peer; throws with its output when it fails. */
export async function runTool(command: string, words: readonly string[]): Promise<string> {
  const { stdout } = await executeFile(command, [...words], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Ends a child by its id and waits for it. */
export async function stopChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(timer);
}

/** Ends a daemon that wrote its process id to a file. */
export async function stopByPidFile(file: string): Promise<void> {
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  if (!Number.isInteger(pid)) return;
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      process.kill(pid, tries < 60 ? 'SIGTERM' : 'SIGKILL');
    } catch {
      return;
    }
    await sleep(100);
  }
}

export function readLog(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
