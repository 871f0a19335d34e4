import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { DatabaseFiles } from './database-file.ts';

/*
 * Storage threads (STORAGE §1). What a worker does is a `WorkerKind`: a table of operations over a state of its own. How
 * its requests reach it is an adapter: a `node:worker_threads` thread (`startThread`) or the caller's own thread
 * (`startInThread`: tests, simulation, small machines). Requests of one turn travel in one message.
 *
 * To add a kind of worker, write one module that exports it as `kind`:
 *
 *     const operations = {
 *       add: { durable: true, run: (state: QueueState, entry: SealedEntry): Result<void, Trouble> => … },
 *       count: { run: (state: QueueState, filter: Filter): Result<number, Trouble> => … },
 *     };
 *     export const kind: WorkerKind<QueueInit, QueueState, typeof operations> = {
 *       name: 'queue',
 *       module: import.meta.url,
 *       open: async (init, context) => … context.files.open('queue', queueSchema, 'create') …,
 *       operations,
 *       group: (state) => state.file,   // all operations of one batch in one transaction; one that fails leaves nothing behind
 *       close: (state) => state.file.close(),
 *     };
 *
 * and start it: `const queue = await startThread(kind, { init, folder })`, then
 * `await queue.call.add(entry)`: the reply comes when the operation's `durable` promise is kept.
 * Arguments and values are structured-clonable; typed arrays of 64 KiB and more are moved in replies, not copied.
 */

/** What a worker has of the world. */
export interface WorkerContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: DatabaseFiles;
  /** Lets other requests of this thread run; long work calls it between slices of `sliceMs`. */
  yield(): Promise<void>;
}

/** No operation holds its thread longer (STORAGE §5). */
export const sliceMs = 5;

export interface Operation<State> {
  /** May answer later (a promise); such an operation runs outside the group's transaction. */
  run(state: State, args: never): Result<unknown, Trouble> | Promise<Result<unknown, Trouble>>;
  /**
   * Work of an operation of the group that needs no database: done as soon as the request comes, while the disk may still
   * be syncing what came before. `run` does it itself if it is not done.
   */
  prepare?(state: State, args: never): void;
  /** The reply waits for a sync of the group's file. */
  readonly durable?: boolean;
  /** Answers later or keeps its own transactions: runs outside the group's transaction. */
  readonly alone?: boolean;
}

export type OperationTable<State> = Readonly<Record<string, Operation<State>>>;

export interface WorkerKind<Init, State, Table extends OperationTable<State>> {
  readonly name: string;
  /** `import.meta.url` of the module that exports this as `kind`. */
  readonly module: string;
  /** An error here is what `startThread` returns. */
  open(init: Init, context: WorkerContext): Promise<Result<State, Trouble>>;
  readonly operations: Table;
  /** When the processors are full, accepting mail goes before its work: deliveries are safe already, readers wait longer. */
  readonly background?: true;
  /**
   * The file whose transaction a batch shares (group commit). Without it each operation sees to itself. When one of a batch
   * fails, all are undone and run again, a savepoint each: what they change is in this file only.
   */
  group?(state: State): GroupFile;
  close(state: State): Promise<void>;
}

/** What group commit needs of a `DatabaseFile`. */
export interface GroupFile {
  transaction<T>(work: () => Result<T, Trouble>): Result<T, Trouble>;
  savepoint<T>(work: () => Result<T, Trouble>): Result<T, Trouble>;
  sync(): Promise<Result<void, Trouble>>;
}

type Args<Op> = Op extends { run(state: never, args: infer A): unknown } ? A : never;
type Value<Op> = Op extends { run(state: never, args: never): infer R } ? Awaited<R> : never;

/** One function per operation; rejects only on a bug inside the worker. */
export type Calls<Table> = {
  readonly [Name in keyof Table]: (args: Args<Table[Name]>) => Promise<Value<Table[Name]>>;
};

export interface RunningWorker<Table> {
  readonly call: Calls<Table>;
  /** Waits for what is under way, closes the worker's files. */
  close(): Promise<void>;
}

/** On the wire between adapter and worker. */
export interface Request {
  readonly id: number;
  readonly name: string;
  readonly args: unknown;
}

export type Reply =
  | { readonly id: number; readonly result: Result<unknown, Trouble> }
  /** Our own bug, told in words; the caller's promise rejects. */
  | { readonly id: number; readonly bug: string };
