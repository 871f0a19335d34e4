import { setTimeout as sleep } from 'node:timers/promises';
import type { AdminError, ExitCode } from '#admin/errors.ts';
import { exitCodeOf, exitCodes } from '#admin/errors.ts';
import { counted } from '#admin/show.ts';
import type { AdminWorld } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { systemClock } from '#backends/system/system-clock.ts';
import type { Configuration } from '#config/configuration.ts';
import { EventLog } from '../event-log.ts';
import { readyText } from '../quickstart/ready-text.ts';
import type { Ready } from '../ready.ts';
import { readReady } from '../read-ready.ts';
import type { RunningServer } from '../server.ts';
import { startServer } from '../server.ts';
import { readVersion } from '../version.ts';
import type { Terminal } from './terminal.ts';

/** CONTRACTS §1: at most ten seconds from the signal to the end. */
const stopMsMax = 9_300;

export interface RunOptions {
  readonly terminal: Terminal;
  /** How a person is told that everything listens; with `--json` always the one line. */
  readonly announce: 'ready' | 'quickstart';
  readonly notes?: readonly string[];
  /** Passwords made in this run, by address: shown once. */
  readonly passwords?: ReadonlyMap<string, string>;
  readonly beforeListening?: ((admin: AdminWorld) => Promise<Result<void, AdminError>>) | undefined;
  /** Called when the server could not be started. */
  readonly notStarted?: () => void;
}

/** Starts the server, says so, and runs until a signal; the process ends with the code. */
export async function runServer(configuration: Configuration, options: RunOptions): Promise<ExitCode> {
  const { terminal } = options;
  const startedAtMs = performance.now();
  const log = new EventLog(systemClock());
  const stopping = stopSignal();
  const server = await startServer(configuration, { log, beforeListening: options.beforeListening }).catch(
    (error: unknown) => {
      options.notStarted?.();
      throw error;
    },
  );
  if (!server.ok) {
    options.notStarted?.();
    log.flush();
    terminal.error(server.error);
    return exitCodeOf(server.error);
  }
  const ready = await readReady(configuration, server.value, options.passwords ?? new Map());
  announce(ready, { configuration, options, startedMs: performance.now() - startedAtMs });
  await stop(server.value, { log, reason: await stopping });
  return exitCodes.done;
}

async function stop(
  server: RunningServer,
  { log, reason }: { log: EventLog; reason: string },
): Promise<void> {
  log.emit({ name: 'server-stopping', reason });
  // What does not end in time is cut off: everything acknowledged is durable by then.
  await Promise.race([server.stop(), sleep(stopMsMax, undefined, { ref: false })]);
  log.flush();
}

/** The first signal stops in order; a second one finds no listener and ends the process at once. */
function stopSignal(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('SIGINT'));
    process.once('SIGTERM', () => resolve('SIGTERM'));
  });
}

interface Announcement {
  readonly configuration: Configuration;
  readonly options: RunOptions;
  readonly startedMs: number;
}

function announce(ready: Ready, { configuration, options, startedMs }: Announcement): void {
  const { terminal } = options;
  if (terminal.json) return terminal.object(ready);
  if (options.announce === 'ready')
    return terminal.note(
      `Postern ${readVersion()} is ready: ${counted(ready.listeners.length, 'listener')}, ${configuration.file}`,
    );
  return terminal.lines(
    readyText({
      ready,
      version: readVersion(),
      startedMs,
      workingDir: process.cwd(),
      masterKeyFile: configuration.masterKey.from === 'file' ? configuration.masterKey.path : undefined,
      notes: options.notes ?? [],
    }),
  );
}
