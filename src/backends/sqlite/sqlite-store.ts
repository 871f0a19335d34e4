import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccountId, BlobId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Bus } from '#platform/bus.ts';
import type { Clock } from '#platform/clock.ts';
import { createLocalBus } from '#backends/bus-local/local-bus.ts';
import type { Random } from '#platform/random.ts';
import type { Secrets } from '#platform/secrets.ts';
import { openFileBlobs } from '#backends/blobs-files/file-blobs.ts';
import { asideQueue } from './renewed-queue.ts';
import { sweepBlobs } from '#backends/blobs-files/sweep-blobs.ts';
import type { Queue } from '#store/contract/queue.ts';
import type { Store } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { createDirectory } from '#store/directory.ts';
import type { EventSink } from '#trace/events.ts';
import { accountOfName } from './account-file.ts';
import { createAccountFiles } from './account-files.ts';
import type { AccountFiles } from './account-files.ts';
import type { AccountWorker } from './account-calling.ts';
import { accountLifecycle, finishRemovals } from './account-lifecycle.ts';
import { accountNotices } from './account-notices.ts';
import { accountRooms } from './account-rooms.ts';
import { startAccountsInThread, startAccountThreads } from './account-threads.ts';
import type { DatabaseFiles } from './database-file.ts';
import { diskReserve, noDiskReserve } from './disk-reserve.ts';
import type { DiskReserve } from './disk-reserve.ts';
import { fenceNotices } from './fence-notices.ts';
import { diskFiles } from './files.ts';
import { holdableBlobs } from './holdable-blobs.ts';
import type { HoldableBlobs } from './holdable-blobs.ts';
import type { Keys } from './keys.ts';
import { snapshots } from './snapshots.ts';
import type { Snapshots } from './snapshots.ts';
import { openSqliteParts } from './sqlite-parts.ts';
import type { SqliteParts } from './sqlite-parts.ts';

export interface SqliteStoreOptions {
  /** The data folder; it is made when it is missing. */
  readonly dir: string;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly random: Random;
  /** Storage threads for the accounts, beside one for the queue and one for traces; `inline`: all in this thread. */
  readonly threads: number | 'inline';
  readonly bus?: Bus;
  /** Told of what had to be let go, and when the reserve of disk is reached. */
  readonly events?: EventSink;
  /** Instead of files in `dir`, with `inline` only (simulation). */
  readonly memory?: { readonly files: DatabaseFiles; readonly blobs: Blobs };
}

/** The store, and what its administration needs beside the contract. */
export interface SqliteStore extends Store {
  /** Wraps every key under another master key, which has to be given at the next start (STORAGE §4). Returns how many. */
  rewrap(next: Secrets): Promise<Result<number, Trouble>>;
  /**
   * Deletes large bodies that a crash left behind and nobody names; returns how many. Reads every account, and does
   * nothing while one cannot be read.
   */
  sweepBodies(): Promise<Result<number, Trouble>>;
  /** Deletes counters that count no more; returns how many. */
  pruneCounters(): Promise<Result<number, Trouble>>;
  readonly keys: Keys;
  readonly accountFiles: AccountFiles;
  readonly snapshots: Snapshots;
}

/** Bodies younger than a day may belong to a message that is still under way. */
const sweptAfterMs = 86_400_000;

const deafSink: EventSink = { emit: () => undefined };

/** How often buffered traces and counters are written. */
const flushMs = 1_000;

/**
 * Opens a data folder as the one process that may. `unavailable`: another has it open, or the master key is not its own.
 * Leases that the last process left are due at once, in queue order: run the queue once before sessions are let in.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Result<SqliteStore, Trouble>> {
  const { dir, clock, random, threads, memory, events = deafSink } = options;
  const files = memory?.files ?? diskFiles(dir);
  const blobs = holdableBlobs(
    memory?.blobs ?? (await openFileBlobs({ folder: bodiesFolder(dir), clock, random })),
  );
  const parts = await openSqliteParts({ ...options, folder: dir, files, blobs, events, threads });
  if (!parts.ok) return parts;
  const workers = await startAccounts(options, files);
  if (!workers.ok) {
    await parts.value.close();
    return workers;
  }
  const onFull = (detail: string): void => events.emit({ name: 'disk-full', detail });
  const disk = memory === undefined ? diskReserve({ folder: dir, clock, onFull }) : noDiskReserve;
  const accountFiles = openAccounts(options, { parts: parts.value, workers: workers.value, blobs, disk });
  const finished = await finishRemovals({ ...parts.value, databases: files, files: accountFiles, events });
  if (finished.ok) return ok(composeStore({ options, parts: parts.value, accountFiles, blobs, disk }));
  await accountFiles.close();
  await parts.value.close();
  return finished;
}

async function startAccounts(
  { dir, clock, random, threads }: SqliteStoreOptions,
  files: DatabaseFiles,
): Promise<Result<readonly AccountWorker[], Trouble>> {
  if (threads !== 'inline') return startAccountThreads({ folder: dir, threads });
  const worker = await startAccountsInThread({ clock, random, files });
  return worker.ok ? ok([worker.value]) : worker;
}

interface OpeningAccounts {
  readonly parts: SqliteParts;
  readonly workers: readonly AccountWorker[];
  readonly blobs: Blobs;
  readonly disk: DiskReserve;
}

function openAccounts(
  { bus = createLocalBus(), events = deafSink }: SqliteStoreOptions,
  { parts, workers, blobs, disk }: OpeningAccounts,
): AccountFiles {
  const accounts: AccountFiles = createAccountFiles({
    workers: workers.map(fenceNotices(events)),
    keys: {
      async get(id: AccountId) {
        const set = parts.keys.account(id);
        return set.ok ? ok({ ...set.value.active, retired: set.value.retired }) : set;
      },
    },
    blobs,
    bus,
    rooms: accountRooms(parts.tables, (id) => accounts.held(id)),
    disk,
    notices: accountNotices(events),
  });
  return accounts;
}

interface Composition {
  readonly options: SqliteStoreOptions;
  readonly parts: SqliteParts;
  readonly accountFiles: AccountFiles;
  readonly blobs: HoldableBlobs;
  readonly disk: DiskReserve;
}

/** New mail waits outside while the reserve is reached, whoever it is for; what settles the queue goes on. */
function withReserve(queue: Queue, disk: DiskReserve): Queue {
  return {
    ...queue,
    async add(entry, leaseFor) {
      const space = await disk.check();
      return space.ok ? queue.add(entry, leaseFor) : space;
    },
  };
}

function composeStore({ options, parts, accountFiles, blobs, disk }: Composition): SqliteStore {
  const { clock, random } = options;
  const { keys, tables, journal, queue, traces, counters, settings } = parts;
  const mail = accountLifecycle(keys, accountFiles);
  const stop = new AbortController();
  const flushing = flushEvery(options, stop.signal, async () => {
    await traces.flush();
    await counters.flush();
  });
  return {
    ...createDirectory({ tables, journal, mail, random }),
    mailboxes: accountFiles.mailboxes,
    messages: accountFiles.messages,
    changes: accountFiles.changes,
    queue: withReserve(queue, disk),
    traces,
    counters,
    settings,
    blobs,
    keys,
    accountFiles,
    snapshots: snapshots(parts.files, accountFiles, blobs),
    rewrap: async (next) => keys.rewrap(next),
    pruneCounters: () => counters.prune(clock.now()),
    async sweepBodies() {
      // Bodies of removed messages may belong to a backup that is being made.
      if (options.memory !== undefined || blobs.held) return ok(0);
      // What a person may still get out of a queue that was set aside names bodies, too.
      if (await hasQueueAside(options.dir)) return ok(0);
      const beforeMs = clock.now() - sweptAfterMs;
      const used = await bodiesInUse(parts, { accounts: accountFiles, files: diskFiles(options.dir) });
      if (!used.ok) return used;
      return ok(await sweepBlobs({ folder: bodiesFolder(options.dir), used: used.value, beforeMs }));
    },
    async close() {
      stop.abort();
      await flushing;
      // Before the many files: what is cut off for want of time shall not be the traces.
      await Promise.all([traces.flush(), counters.flush()]);
      await accountFiles.close();
      await parts.close();
    },
  };
}

async function hasQueueAside(dir: string): Promise<boolean> {
  return (await readdir(dir)).some((name) => name.startsWith(asideQueue));
}

function bodiesFolder(dir: string): string {
  return join(dir, 'bodies');
}

/** Accounts by the directory, by their keys and by their files: one that some of these have lost keeps its bodies, too. */
async function bodiesInUse(
  { tables, keys, files: { queue } }: Pick<SqliteParts, 'tables' | 'keys' | 'files'>,
  { accounts, files }: { readonly accounts: AccountFiles; readonly files: DatabaseFiles },
): Promise<Result<ReadonlySet<BlobId>, Trouble>> {
  const used = new Set<BlobId>();
  const ofQueue = (): Promise<Result<readonly BlobId[], Trouble>> => queue.blobs(undefined);
  const stray = (await files.list('accounts')).map(accountOfName).filter((id) => !keys.isErased(id));
  const ids = new Set([...tables.accounts.keys(), ...keys.accounts(), ...stray]);
  const sources = [ofQueue, ...Array.from(ids, (id) => () => accounts.blobs(id))];
  for (const source of sources) {
    const named = await source();
    if (!named.ok) return named;
    for (const id of named.value) used.add(id);
  }
  return ok(used);
}

/** A bug of ours in one flush must not end those after it; what it left is taken along by the next. */
async function flushEvery(
  { clock, events = deafSink }: SqliteStoreOptions,
  signal: AbortSignal,
  flush: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(flushMs, signal);
    await flush().catch((fault: unknown) => {
      const detail = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
      events.emit({ name: 'session-bug', listener: 'flush', detail });
    });
  }
}
