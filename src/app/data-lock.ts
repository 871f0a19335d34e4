import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';

/** Held by whoever has the data folder's store open: a server, or a lone command. */
export interface DataLock {
  release(): void;
}

/**
 * Takes the data folder's lock (CONTRACTS §1: two processes never open one store). Node has no `flock`, so SQLite takes
 * a kernel lock on an empty file of its own; the kernel drops it when the process ends, however it ends.
 */
export function takeDataLock(dataDir: string): Result<DataLock, 'taken'> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'lock');
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    chmodSync(path, 0o600);
    db.exec('PRAGMA journal_mode=MEMORY; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
    return ok({ release: () => db.close() });
  } catch (error) {
    db.close();
    if (isBusy(error)) return err('taken');
    throw error;
  }
}

/** SQLITE_BUSY (5) and SQLITE_LOCKED (6). */
function isBusy(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === 5 || code === 6;
}
