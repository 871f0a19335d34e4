import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Queue } from '#store/contract/queue.ts';
import type { Settings, Traces } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { DirectoryTables } from '#store/directory-tables.ts';
import type { DirectoryJournal } from '#store/directory.ts';
import type { EventSink } from '#trace/events.ts';
import { openCounters } from './counters.ts';
import type { SqliteCounters } from './counters.ts';
import type { DatabaseFile, DatabaseFiles, FileInit } from './database-file.ts';
import { directorySchema } from './directory-schema.ts';
import { sqliteDirectory } from './directory.ts';
import { foundedMode, keyRingMode, markFounded } from './founding.ts';
import { keysSchema } from './keys-schema.ts';
import { openKeys } from './keys.ts';
import type { Keys } from './keys.ts';
import { kind as queueKind } from './queue-worker.ts';
import type { QueueOperations } from './queue-worker.ts';
import { createSqliteQueue } from './queue.ts';
import { openSettings } from './settings.ts';
import type { SnapshotParts } from './snapshots.ts';
import { startInThread, startThread } from './thread-start.ts';
import type { OperationTable, RunningWorker, WorkerKind } from './thread.ts';
import { kind as tracesKind } from './traces-worker.ts';
import type { TracesOperations } from './traces-worker.ts';
import { createSqliteTraces } from './traces.ts';

/** What the files of the server itself need; accounts are apart. */
export interface SqlitePartsOptions {
  /** The data folder, for workers in threads of their own. */
  readonly folder: string;
  /** Where databases lie for this thread; the same folder, or memory with `inline`. */
  readonly files: DatabaseFiles;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly random: Random;
  readonly blobs: Blobs;
  readonly events: EventSink;
  /** `inline`: every worker in this thread (tests, simulation, small machines). */
  readonly threads: number | 'inline';
}

/** Keys, directory, settings, queue, traces and counters, open. */
export interface SqliteParts {
  readonly keys: Keys;
  readonly tables: DirectoryTables;
  readonly journal: DirectoryJournal;
  readonly settings: Settings;
  readonly queue: Queue;
  readonly traces: Traces;
  readonly counters: SqliteCounters;
  /** The open files, for backups only. */
  readonly files: SnapshotParts;
  /** Writes what is buffered, then closes in the reverse order. */
  close(): Promise<void>;
}

/** Closes what was opened so far when a later step fails. */
type Closers = (() => Promise<void>)[];

export async function openSqliteParts(options: SqlitePartsOptions): Promise<Result<SqliteParts, Trouble>> {
  const closers: Closers = [];
  const parts = await open(options, closers);
  if (!parts.ok) await closeAll(closers);
  return parts;
}

async function open(options: SqlitePartsOptions, closers: Closers): Promise<Result<SqliteParts, Trouble>> {
  const ring = await openKeyRing(options, closers);
  if (!ring.ok) return ring;
  const { keys } = ring.value;
  const mode = foundedMode(ring.value.file);
  if (!mode.ok) return mode;
  const opening = { keys, closers, mode: mode.value };
  const directory = await openDirectory(options, opening);
  if (!directory.ok) return directory;
  const queue = await openQueue(options, opening);
  if (!queue.ok) return queue;
  const records = await openRecords(options, opening);
  if (!records.ok) return records;
  const founded = mode.value === 'create' ? markFounded(ring.value.file) : ok(undefined);
  if (!founded.ok) return founded;
  const { file: directoryFile, ...ofDirectory } = directory.value;
  const { worker: tracesWorker, ...ofRecords } = records.value;
  return ok({
    keys,
    ...ofDirectory,
    queue: queue.value.queue,
    ...ofRecords,
    files: {
      keys: ring.value.file,
      directory: directoryFile,
      queue: queue.value.worker.call,
      traces: tracesWorker.call,
    },
    close: () => closeAll(closers),
  });
}

async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
}

/** The first file of all: its exclusive lock keeps a second process out of the data folder. */
async function openKeyRing(
  options: SqlitePartsOptions,
  closers: Closers,
): Promise<Result<{ readonly keys: Keys; readonly file: DatabaseFile }, Trouble>> {
  const file = await options.files.open('keys', keysSchema, await keyRingMode(options.files));
  if (!file.ok) return err(inUse(file.error));
  closers.push(() => file.value.close());
  const keys = openKeys({ ...options, file: file.value });
  return keys.ok ? ok({ keys: keys.value, file: file.value }) : keys;
}

function inUse(trouble: Trouble): Trouble {
  const busy = trouble.code === 'fenced' && /another process has it open/.test(trouble.detail);
  return busy ? { code: 'unavailable', detail: 'another process has the data folder open' } : trouble;
}

interface Opening {
  readonly keys: Keys;
  readonly closers: Closers;
  readonly mode: 'create' | 'existing';
}

async function openDirectory(
  { files }: SqlitePartsOptions,
  { keys, closers, mode }: Opening,
): Promise<
  Result<Pick<SqliteParts, 'tables' | 'journal' | 'settings'> & { readonly file: DatabaseFile }, Trouble>
> {
  const file: Result<DatabaseFile, Trouble> = await files.open('directory', directorySchema, mode);
  if (!file.ok) return file;
  closers.push(() => file.value.close());
  const directory = sqliteDirectory(file.value, keys);
  const tables = directory.load();
  if (!tables.ok) return tables;
  const settings = openSettings(file.value, keys);
  if (!settings.ok) return settings;
  return ok({
    tables: tables.value,
    journal: directory.journal,
    settings: settings.value,
    file: file.value,
  });
}

async function openQueue(
  options: SqlitePartsOptions,
  { keys, closers, mode }: Opening,
): Promise<Result<{ readonly queue: Queue; readonly worker: RunningWorker<QueueOperations> }, Trouble>> {
  const worker = await start(queueKind, { mode }, options);
  if (!worker.ok) return worker;
  closers.push(() => worker.value.close());
  const queue = createSqliteQueue({ ...options, worker: worker.value, keys });
  return ok({ queue, worker: worker.value });
}

async function openRecords(
  options: SqlitePartsOptions,
  { keys, closers, mode }: Opening,
): Promise<
  Result<
    Pick<SqliteParts, 'traces' | 'counters'> & { readonly worker: RunningWorker<TracesOperations> },
    Trouble
  >
> {
  const lost = mode === 'existing' && (await options.files.sizeBytes('traces')) === 0;
  const worker = await start(tracesKind, { mode: lost ? 'create' : mode }, options);
  if (!worker.ok) return worker;
  closers.push(() => worker.value.close());
  if (lost) options.events.emit({ name: 'traces-lost' });
  const traces = createSqliteTraces({ ...options, worker: worker.value, keys });
  const counters = await openCounters({ ...options, worker: worker.value, keys });
  if (!counters.ok) return counters;
  closers.push(async () => {
    await traces.flush();
    await counters.value.flush();
  });
  return ok({ traces, counters: counters.value, worker: worker.value });
}

function start<State, Table extends OperationTable<State>>(
  kind: WorkerKind<FileInit, State, Table>,
  init: FileInit,
  { threads, folder, files, clock, random }: SqlitePartsOptions,
): Promise<Result<RunningWorker<Table>, Trouble>> {
  if (threads !== 'inline') return startThread(kind, { init, folder });
  return startInThread(kind, { init, context: { clock, random, files } });
}
