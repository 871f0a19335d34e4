import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { DatabaseFile, DatabaseFiles } from './database-file.ts';
import { databaseHandle } from './database-handle.ts';
import type { Backing } from './database-handle.ts';
import { checkpointPages, migrate, schemaVersion, smallCacheKib } from './schema.ts';
import type { Schema } from './schema.ts';
import { fencedTrouble, sqliteTrouble } from './sqlite-trouble.ts';

/*
 * The one module that names a database path and opens one (STORAGE §1; `files.test.ts` holds it). A single open and
 * close of a live database file by other code of this process drops SQLite's locks, and an operator's `sqlite3` then
 * deletes the live WAL. Opening only the WAL to sync it is safe: no lock lies on it.
 */

const ending = '.db';
const walEnding = `${ending}-wal`;
const besides = [ending, walEnding, `${ending}-shm`, `${ending}-journal`];

/** Names are ours (ids and fixed words); anything else is a bug. */
const namePattern = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/;

/** SQLite's default. */
const pageBytes = 4_096;

const pragmas = [
  'locking_mode=EXCLUSIVE',
  'journal_mode=WAL',
  // For the migration; `databaseHandle` goes on with NORMAL.
  'synchronous=FULL',
  /** Checkpoints are ours (`database-handle.ts`), so that their errors are seen. */
  'wal_autocheckpoint=0',
  'secure_delete=ON',
  'temp_store=MEMORY',
  'foreign_keys=OFF',
  'trusted_schema=OFF',
  'cell_size_check=ON',
].map((pragma) => `PRAGMA ${pragma};`);

/** The WAL keeps the length that it grows to anyhow: cutting and growing it costs a sync each. */
function configure(db: DatabaseSync, schema: Schema): void {
  const { checkpointPages: pages = checkpointPages, cacheKib = smallCacheKib } = schema;
  const sizes = [`PRAGMA journal_size_limit=${pages * pageBytes};`, `PRAGMA cache_size=-${cacheKib};`];
  db.exec([...pragmas, ...sizes].join('\n'));
}

/** Creates what is missing with mode 0700 and syncs the folder above each. */
async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(dirname(made));
  await syncFolder(dirname(folder));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** SQLite gives WAL and journal the database's mode, so making the file first fixes all three at 0600. */
async function touch(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx', 0o600);
    await handle.close();
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function backingOf(db: DatabaseSync, path: string, schema: Schema): Backing {
  let wal: FileHandle | undefined;
  return {
    path,
    db,
    checkpointPages: schema.checkpointPages,
    async syncWal() {
      // Kept open, so that an error of the disk reaches this descriptor however it came about.
      const first = wal === undefined;
      wal ??= await open(path.slice(0, -ending.length) + walEnding, 'r');
      await wal.datasync();
      // SQLite makes a WAL's name durable at its own first sync of it, which may never have come.
      if (first) await syncFolder(dirname(path));
    },
    async released() {
      await wal?.close();
      wal = undefined;
    },
  };
}

function ioTrouble(error: unknown, path: string, way?: string): Trouble {
  const known = sqliteTrouble(error, path, way);
  if (known !== undefined) return known;
  if (isCode(error, 'ENOSPC')) return { code: 'disk-full', detail: `${path}: the disk is full` };
  if (!(error instanceof Error) || !('code' in error)) throw error;
  return fencedTrouble(path, error.message, way);
}

function openAt(path: string, schema: Schema, mode: 'create' | 'existing'): Result<DatabaseFile, Trouble> {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { allowExtension: false, defensive: true });
    configure(db, schema);
    const lost = mode === 'existing' && schemaVersion(db) === 0;
    const migrated = lost
      ? err(fencedTrouble(path, 'the file holds nothing', schema.wayOut))
      : migrate(db, schema, path);
    if (migrated.ok) return ok(databaseHandle(backingOf(db, path, schema)));
    db.close();
    return migrated;
  } catch (error) {
    if (db?.isOpen === true) db.close();
    return err(ioTrouble(error, path, schema.wayOut));
  }
}

/** A file that must be there: an empty, missing or cut one is damage, never a fresh start. */
async function openExisting(path: string, schema: Schema): Promise<Result<DatabaseFile, Trouble>> {
  const loss = await lossOf(path);
  return loss === undefined
    ? openAt(path, schema, 'existing')
    : err(fencedTrouble(path, loss, schema.wayOut));
}

/** What SQLite would not complain of: of an empty file it makes a new one, and throws a WAL without its file away. */
async function lossOf(path: string): Promise<string | undefined> {
  const size = await sizeOf(path);
  if (size === undefined) return 'the file is missing';
  if (size === 0) return 'the file is empty';
  // A file with a WAL may be shorter than it says: a crash came between its first and its last page.
  if (((await sizeOf(path.slice(0, -ending.length) + walEnding)) ?? 0) > 0) return undefined;
  const said = await saidBytes(path);
  return said > size ? `the file is cut: ${size} of ${said} bytes are left` : undefined;
}

/** Bytes of SQLite's header, https://sqlite.org/fileformat.html §1.3. */
const headerBytes = 100;

/** How long the file's header says it is; 0: it does not say. The file must not be open. */
async function saidBytes(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    // The size counts only if it was written along with the last change.
    if (bytesRead < headerBytes || buffer.readUInt32BE(24) !== buffer.readUInt32BE(92)) return 0;
    const page = buffer.readUInt16BE(16);
    return buffer.readUInt32BE(28) * (page === 1 ? 65_536 : page);
  } finally {
    await file.close();
  }
}

/** The databases below one folder. Nothing else in the process may open them. */
export function diskFiles(root: string): DatabaseFiles {
  function base(name: string): string {
    if (!namePattern.test(name)) throw new Error(`not a database name: ${name}`);
    return join(root, name);
  }
  return {
    async open(name, schema, mode) {
      const path = base(name) + ending;
      try {
        if (mode === 'existing') return await openExisting(path, schema);
        await makeFolder(dirname(path));
        const fresh = await touch(path);
        const opened = openAt(path, schema, 'create');
        if (fresh) await syncFolder(dirname(path));
        return opened;
      } catch (error) {
        return err(ioTrouble(error, path, schema.wayOut));
      }
    },
    async exists(name) {
      return (await sizeOf(base(name) + ending)) !== undefined;
    },
    async remove(name) {
      const path = base(name);
      try {
        for (const end of besides) await unlessMissing(unlink(path + end));
        // A crash may have come before its folder was made.
        await unlessMissing(syncFolder(dirname(path)));
        return ok(undefined);
      } catch (error) {
        return err(ioTrouble(error, path + ending));
      }
    },
    async setAside(name, label) {
      const path = base(name);
      try {
        for (const end of besides)
          await unlessMissing(rename(path + end, `${path}.${label}${end.replace('.', '-')}`));
        await syncFolder(dirname(path));
        return ok(undefined);
      } catch (error) {
        return err(ioTrouble(error, path + ending));
      }
    },
    async list(folder) {
      return (await namesBelow(base(folder))).map((name) => `${folder}/${name}`);
    },
    async sizeBytes(name) {
      const sizes = await Promise.all([ending, walEnding].map((end) => sizeOf(base(name) + end)));
      return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    },
  };
}

async function unlessMissing(change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function namesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  });
  return entries.filter((entry) => entry.endsWith(ending)).map((entry) => entry.slice(0, -ending.length));
}

/** An in-memory database, configured as far as memory has a meaning for it. */
export function openMemory(name: string, schema: Schema): Result<DatabaseFile, Trouble> {
  const db = new DatabaseSync(':memory:');
  db.exec('PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF; PRAGMA trusted_schema=OFF');
  const migrated = migrate(db, schema, name);
  if (!migrated.ok) return migrated;
  return ok(
    databaseHandle({ path: name, db, syncWal: async () => undefined, released: async () => undefined }),
  );
}

/** Pages copied at a time: the longest that a backup holds up its thread (STORAGE §6). */
const backupPages = 256;

/**
 * Copies a live database through its owner's connection to `base` with the ending added, which must not exist; what is
 * written meanwhile goes into the copy too. Mode 0600, synced on return.
 */
export async function backUp(
  file: DatabaseFile,
  base: string,
): Promise<Result<{ readonly path: string }, Trouble>> {
  const path = base + ending;
  try {
    await makeFolder(dirname(path));
    if (!(await touch(path))) return err({ code: 'exists', what: path });
    await backup(file.db, path, { rate: backupPages });
    await syncCopy(path);
    return ok({ path });
  } catch (error) {
    return err(ioTrouble(error, path));
  }
}

async function syncCopy(path: string): Promise<void> {
  const copy = await open(path, 'r');
  try {
    await copy.sync();
  } finally {
    await copy.close();
  }
  await syncFolder(dirname(path));
}
