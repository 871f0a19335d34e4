import type { DatabaseSync } from 'node:sqlite';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { cellStatement } from './cell-statement.ts';
import type { DatabaseFile, OpenTransaction } from './database-file.ts';
import { checkpointPages } from './schema.ts';
import { isSqliteError, sqliteTrouble } from './sqlite-trouble.ts';
import { transactionControl } from './transaction-control.ts';

/** What disk and memory do differently. */
export interface Backing {
  readonly path: string;
  readonly db: DatabaseSync;
  /** Of its `Schema`. */
  readonly checkpointPages?: number | undefined;
  /** Makes the WAL durable; rejects when the disk does. */
  syncWal(): Promise<void>;
  /** After the database is closed. */
  released(): Promise<void>;
}

const syncWayOut =
  'its mail waits, and it is opened again and replayed; if this goes on, the disk is failing: move the data folder to another one';

/** The one implementation of `DatabaseFile`: transactions, shared syncs, fencing. */
export function databaseHandle(backing: Backing): DatabaseFile {
  const { db, path, checkpointPages: pagesMax = checkpointPages } = backing;
  db.exec('PRAGMA synchronous=NORMAL');
  const walSize = cellStatement(db, 'PRAGMA wal_checkpoint(NOOP)');
  const control = transactionControl(db);
  let fenced: Trouble | undefined;
  let syncing: Promise<Result<void, Trouble>> | undefined;
  let next: Promise<Result<void, Trouble>> | undefined;

  function failed(error: unknown): Result<never, Trouble> {
    const trouble = sqliteTrouble(error, path);
    if (trouble === undefined) throw error;
    if (trouble.code === 'fenced') fenced ??= trouble;
    return err(trouble);
  }

  function read<T>(work: () => Result<T, Trouble>): Result<T, Trouble> {
    if (fenced !== undefined) return err(fenced);
    try {
      return work();
    } catch (error) {
      return failed(error);
    }
  }

  function rollBack(): void {
    if (!db.isTransaction) return;
    try {
      db.exec('ROLLBACK');
    } catch (error) {
      failed(error);
    }
  }

  function commit<T>(work: () => Result<T, Trouble>): Result<T, Trouble> {
    try {
      control.begin();
      const result = work();
      if (result.ok) control.commit();
      return result;
    } catch (error) {
      return failed(error);
    } finally {
      rollBack();
    }
  }

  function walPages(): number {
    const [, log] = walSize.get() ?? [];
    return Number(log ?? 0);
  }

  /** By hand, not by `wal_autocheckpoint`: SQLite drops the errors of an automatic one, a failed fsync among them. */
  function checkpoint(): void {
    try {
      if (walPages() >= pagesMax) db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch (error) {
      failed(error);
    }
  }

  function transaction<T>(work: () => Result<T, Trouble>): Result<T, Trouble> {
    if (fenced !== undefined) return err(fenced);
    const result = commit(work);
    if (result.ok) checkpoint();
    return result;
  }

  function savepoint<T>(work: () => Result<T, Trouble>): Result<T, Trouble> {
    control.savepoint();
    try {
      const result = work();
      if (result.ok) control.release();
      else control.undo();
      return result;
    } catch (error) {
      if (!isSqliteError(error)) control.undo();
      throw error;
    }
  }

  function begin(): Result<OpenTransaction, Trouble> {
    return read(() => {
      control.begin();
      return ok({ guard, end });
    });
  }

  function* guard<T>(work: () => Generator<void, Result<T, Trouble>>): Generator<void, Result<T, Trouble>> {
    try {
      return yield* work();
    } catch (error) {
      rollBack();
      return failed(error);
    }
  }

  function end<T>(result: Result<T, Trouble>, last: () => void): Result<T, Trouble> {
    try {
      if (!result.ok || fenced !== undefined) return fenced === undefined ? result : err(fenced);
      last();
      control.commit();
      checkpoint();
      return result;
    } catch (error) {
      return failed(error);
    } finally {
      rollBack();
    }
  }

  function transactionFull<T>(work: () => Result<T, Trouble>): Result<T, Trouble> {
    if (fenced !== undefined) return err(fenced);
    db.exec('PRAGMA synchronous=FULL');
    try {
      return transaction(work);
    } finally {
      db.exec('PRAGMA synchronous=NORMAL');
    }
  }

  async function syncOnce(): Promise<Result<void, Trouble>> {
    if (fenced !== undefined) return err(fenced);
    // Closed well: `close` has synced before.
    if (!db.isOpen) return ok(undefined);
    try {
      await backing.syncWal();
      return ok(undefined);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      fenced ??= {
        code: 'fenced',
        file: path,
        detail: `a sync failed (${reason}); ${syncWayOut}`,
      };
      return err(fenced);
    }
  }

  function start(): Promise<Result<void, Trouble>> {
    const mine = syncOnce().finally(() => {
      if (syncing === mine) syncing = undefined;
    });
    syncing = mine;
    return mine;
  }

  function sync(): Promise<Result<void, Trouble>> {
    if (syncing === undefined) return start();
    next ??= syncing.then(() => {
      next = undefined;
      return start();
    });
    return next;
  }

  function truncateWal(): Result<void, Trouble> {
    return read(() => {
      db.exec('PRAGMA synchronous=FULL; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous=NORMAL');
      return ok(undefined);
    });
  }

  return {
    path,
    db,
    transaction,
    savepoint,
    begin,
    read,
    sync,
    transactionFull,
    truncateWal,
    get fenced() {
      return fenced;
    },
    async close() {
      // SQLite tells nobody when the sync of its closing checkpoint fails; this one does.
      await sync();
      if (db.isOpen) db.close();
      await backing.released();
    },
  };
}
