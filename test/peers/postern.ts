import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connectControl } from '#app/control/control-client.ts';
import { makeFolder, removeFolder, runClient, stopChild, type Outcome } from './peer.ts';

/** What `quickstart --json` prints once everything listens. */
export interface Ready {
  readonly domain: string;
  readonly accounts: readonly { readonly address: string; readonly password: string | null }[];
  readonly listeners: readonly {
    readonly name: string;
    readonly role: string;
    readonly address: string;
    readonly port: number;
    readonly tls: string;
  }[];
  readonly config: string;
  readonly dataDir: string;
  readonly pid: number;
  readonly certificateSha256: string;
}

export interface Postern {
  readonly dir: string;
  readonly ready: Ready;
  /** The account that the quick start made; its password is known from the first start on. */
  readonly address: string;
  readonly password: string;
  readonly offset: number;
  port(role: string, tls?: string): number;
  /** Runs a command of the product against this server. */
  postern(words: readonly string[], input?: string): Promise<Outcome>;
  /** Asks the running server directly, as a command does but without starting one; throws on an error. */
  administer(operation: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
  log(): string;
  /** SIGTERM by default; SIGKILL to see what survives. The data stays. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts again on the same data. */
  again(): Promise<Postern>;
  /** Stops and deletes everything. */
  end(): Promise<void>;
}

export interface PosternOptions {
  readonly domain?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The data folder, where it must not be one of the tests' own making; its keys lie beside it. */
  readonly dir?: string;
  /** Where mail for others goes, set in the configuration file before a second start. */
  readonly outbound?: { readonly resolverPort: number; readonly port: number };
  /** Changes the configuration file before a second start. */
  readonly configure?: (text: string) => string;
}

const binary = join(import.meta.dirname, '../../bin/postern');

/** A quick start of this checkout in a folder of its own, on ports that are free. */
export async function startPostern(options: PosternOptions = {}): Promise<Postern> {
  const parent = makeFolder('server');
  const offset = await freeOffset();
  const dir = options.dir ?? join(parent, 'data');
  const first = await launch({ dir, offset, parent, password: undefined, options });
  const { outbound, configure } = options;
  if (outbound === undefined && configure === undefined) return first;
  await first.stop();
  const text = readFileSync(first.ready.config, 'utf8');
  const sent = outbound === undefined ? text : withOutbound(text, outbound);
  writeFileSync(first.ready.config, configure?.(sent) ?? sent);
  return first.again();
}

function withOutbound(
  text: string,
  outbound: { readonly resolverPort: number; readonly port: number },
): string {
  const set = text.replace('[outbound]\n', `[outbound]\nport = ${String(outbound.port)}\n`);
  return `${set}\n[dns]\nservers = ["127.0.0.1:${String(outbound.resolverPort)}"]\n`;
}

interface Launch {
  readonly dir: string;
  readonly parent: string;
  readonly offset: number;
  readonly password: string | undefined;
  readonly options: PosternOptions;
}

async function launch(place: Launch): Promise<Postern> {
  const logFile = join(place.parent, 'log');
  const words = ['quickstart', '--data', place.dir, '--port-offset', String(place.offset), '--json'];
  if (place.options.domain !== undefined) words.push('--domain', place.options.domain);
  const child = spawn(binary, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...place.options.env },
  });
  child.stderr.on('data', (chunk: Buffer) => appendFileSync(logFile, chunk));
  const ready = await readReady(child, logFile);
  const account = ready.accounts[0];
  const password = account?.password ?? place.password;
  if (account === undefined || password === undefined) throw new Error('the quick start named no account');
  return {
    dir: place.dir,
    ready,
    address: account.address,
    password,
    offset: place.offset,
    port: (role, tls) => findPort(ready, role, tls),
    postern: (command, input) =>
      runClient(binary, [...command, '--config', ready.config], { input: input ?? '' }),
    administer: (operation, input) => administer(ready.dataDir, operation, input),
    log: () => readFileSync(logFile, 'utf8'),
    stop: (signal) => stopServer(child, ready, signal),
    again: () => launch({ ...place, password }),
    end: async () => {
      await stopServer(child, ready, 'SIGTERM');
      removeFolder(place.parent);
    },
  };
}

async function administer(
  dataDir: string,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const client = await connectControl(dataDir);
  const reply = await client?.ask({ v: 1, operation, input, mode: 'run' }, () => undefined);
  client?.close();
  if (reply === undefined || !('output' in reply)) throw new Error(`${operation}: ${JSON.stringify(reply)}`);
  return reply.output;
}

/** The launcher is a shell that becomes the server; should it not, the server itself is told by its own id. */
async function stopServer(
  child: ChildProcess,
  ready: Ready,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  if (child.pid !== ready.pid) process.kill(ready.pid, signal);
  await stopChild(child, signal);
}

function readReady(child: ChildProcess, logFile: string): Promise<Ready> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const end = text.indexOf('\n');
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)) as Ready);
    });
    child.once('error', reject);
    child.once('close', (code) =>
      reject(new Error(`postern ended with ${String(code)} before it was ready:\n${safeRead(logFile)}`)),
    );
  });
}

function safeRead(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-4000);
  } catch {
    return '(it wrote nothing)';
  }
}

function findPort(ready: Ready, role: string, tls: string | undefined): number {
  const listener = ready.listeners.find(
    (row) => row.role === role && row.address === '127.0.0.1' && (tls === undefined || row.tls === tls),
  );
  if (listener === undefined) throw new Error(`no listener ${role} ${tls ?? ''}`);
  return listener.port;
}

const standardPorts = [24, 25, 110, 143, 443, 465, 587, 993, 995];

/** An offset at which all standard ports are free, outside the range that the system hands out itself. */
async function freeOffset(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const offset = 11_000 + 1_000 * Math.floor(Math.random() * 19) + 2 * Math.floor(Math.random() * 10);
    const taken = await Promise.all(standardPorts.map((port) => isTaken(port + offset)));
    if (!taken.includes(true)) return offset;
  }
  throw new Error('no free range of ports');
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
