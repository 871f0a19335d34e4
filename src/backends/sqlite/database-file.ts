import type { DatabaseSync } from 'node:sqlite';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { Schema } from './schema.ts';

/** One open database. Everything that writes goes through `transaction`, so that failures fence and the WAL stays short. */
export interface DatabaseFile {
  /** For people: the path, or the name of an in-memory file. */
  readonly path: string;
  readonly db: DatabaseSync;
  /**
   * Runs `work` in one transaction: committed if it returns ok, rolled back if not. Committed is visible, not yet durable.
   * An exception of SQLite becomes `fenced` or `disk-full`; any other is a bug and is thrown on, after the roll-back.
   */
  transaction<T>(work: () => Result<T, Trouble>): Result<T, Trouble>;
  /**
   * Within a transaction: work that fails or throws leaves nothing behind, and what came before it stands. Every exception
   * is thrown on; after one of SQLite the transaction is lost.
   */
  savepoint<T>(work: () => Result<T, Trouble>): Result<T, Trouble>;
  /** A transaction for work in slices: nobody else may use the file until its `end`. */
  begin(): Result<OpenTransaction, Trouble>;
  /** Runs a read; only turns SQLite's exceptions into `Trouble`. */
  read<T>(work: () => Result<T, Trouble>): Result<T, Trouble>;
  /**
   * Durable up to all that was committed when called: one `fdatasync` of the WAL in flight, whose waiters share the next one.
   * The thread never waits for the disk. A failure fences the file for good; it must be closed and opened again.
   */
  sync(): Promise<Result<void, Trouble>>;
  /** A transaction that is durable on return and blocks for it: rare acts only (marks, keys). */
  transactionFull<T>(work: () => Result<T, Trouble>): Result<T, Trouble>;
  /** Moves the WAL into the file and empties it: what was deleted is then gone from both (STORAGE §4 Erasure). Blocks. */
  truncateWal(): Result<void, Trouble>;
  /** Set after a failed sync or damage: every call answers with it. */
  readonly fenced: Trouble | undefined;
  /** Checkpoints and closes. A fenced file is closed as it is. */
  close(): Promise<void>;
}

export interface OpenTransaction {
  /** The slices with SQLite's exceptions turned into `Trouble`; any other rolls back and is thrown on. */
  guard<T>(work: () => Generator<void, Result<T, Trouble>>): Generator<void, Result<T, Trouble>>;
  /** Commits, after a last piece of work, if the result is ok; else rolls back. */
  end<T>(result: Result<T, Trouble>, last: () => void): Result<T, Trouble>;
}

/** For the worker of one file. */
export interface FileInit {
  readonly mode: 'create' | 'existing';
}

/** Where the databases live: a folder on disk, or memory for simulation. */
export interface DatabaseFiles {
  /**
   * `name` is a relative name without ending: `queue`, `accounts/7Z/01J…`. With `existing`, a missing or empty file is
   * `fenced`; with `create`, it is made.
   */
  open(name: string, schema: Schema, mode: 'create' | 'existing'): Promise<Result<DatabaseFile, Trouble>>;
  exists(name: string): Promise<boolean>;
  /** Deletes the file and what SQLite keeps beside it; durable on return. It must be closed. */
  remove(name: string): Promise<Result<void, Trouble>>;
  /** Renames the file and what SQLite keeps beside it, so that nobody opens it again; durable on return. It must be closed. */
  setAside(name: string, label: string): Promise<Result<void, Trouble>>;
  /** Names below a folder (`accounts`). */
  list(folder: string): Promise<readonly string[]>;
  /** Bytes on disk. */
  sizeBytes(name: string): Promise<number>;
}
