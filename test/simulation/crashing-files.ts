import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { err, ok } from '#base/result.ts';
import { databaseHandle } from '#backends/sqlite/database-handle.ts';
import type { DatabaseFile, DatabaseFiles } from '#backends/sqlite/database-file.ts';
import { migrate } from '#backends/sqlite/schema.ts';
import { fencedTrouble } from '#backends/sqlite/sqlite-trouble.ts';
import { noFailures } from '#platform/fake-failures.ts';
import type { FailureSchedule } from '#platform/fake-failures.ts';
import type { Random } from '#platform/random.ts';

/** What the disk holds of one file: what is certain, and the commits since, in order. */
interface Platter {
  synced: Uint8Array;
  pending: Uint8Array[];
}

/** Databases in memory that fall back at a crash to an image between last synced and last committed (STORAGE §7). */
export interface CrashingFiles extends DatabaseFiles {
  /** What a crash at this moment leaves: each file at its own image, independently. */
  crash(): CrashingFiles;
}

export interface CrashingFilesOptions {
  readonly random: Random;
  /** The control: syncs answer but do nothing, as if the step were forgotten. */
  readonly syncsAreLies?: boolean;
  /** `commit` failures are a full disk, `sync` failures a broken one. */
  readonly failures?: FailureSchedule;
}

/** Turns of the loop that a sync takes at most, so that crashes fall into it. */
const syncTurnsMax = 4;

export function createCrashingFiles(
  options: CrashingFilesOptions,
  disk: Map<string, Platter> = new Map(),
): CrashingFiles {
  const { random, syncsAreLies = false, failures = noFailures } = options;

  function settle(platter: Platter, image: Uint8Array): void {
    platter.synced = image;
    platter.pending = [];
  }

  /** What is committed with `synchronous=FULL`, or checkpointed, is certain; other commits wait for a sync. */
  function recorded(db: DatabaseSync, platter: Platter): DatabaseSync {
    let full = true;
    const commit = (): undefined => {
      if (failures.fails('commit')) throw diskFull();
      db.exec('COMMIT');
      if (full) settle(platter, db.serialize());
      else platter.pending.push(db.serialize());
    };
    const exec = (sql: string): void => {
      if (sql === 'COMMIT') throw new Error('commits are prepared: this one would not be recorded');
      db.exec(sql);
      if (/synchronous=FULL/.test(sql)) full = true;
      if (/wal_checkpoint\(TRUNCATE\)/.test(sql)) settle(platter, db.serialize());
      if (/synchronous=NORMAL/.test(sql)) full = false;
    };
    const prepare = (sql: string): Pick<StatementSync, 'get'> =>
      sql === 'COMMIT' ? { get: commit } : db.prepare(sql);
    return new Proxy(db, {
      get(target, name) {
        if (name === 'exec') return exec;
        if (name === 'prepare') return prepare;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  async function sync(platter: Platter): Promise<void> {
    const covered = platter.pending.length;
    const image = platter.pending.at(-1);
    const before = platter.synced;
    for (let turns = random.integer(syncTurnsMax); turns >= 0; turns -= 1) await nextTurn();
    if (failures.fails('sync')) throw new Error('EIO: i/o error, fdatasync');
    // A truncation or full commit may have come in between: then there is nothing left to cover.
    if (syncsAreLies || image === undefined || platter.synced !== before) return;
    platter.synced = image;
    platter.pending = platter.pending.slice(covered);
  }

  return {
    async open(name, schema, mode) {
      const known = disk.get(name);
      if (known === undefined && mode === 'existing') return err(fencedTrouble(name, 'the file is missing'));
      const db = new DatabaseSync(':memory:');
      const platter = known ?? { synced: new Uint8Array(), pending: [] };
      const image = platter.pending.at(-1) ?? platter.synced;
      if (image.length > 0) db.deserialize(image);
      const migrated = migrate(db, schema, name);
      if (!migrated.ok) return migrated;
      settle(platter, db.serialize());
      disk.set(name, platter);
      const handle = databaseHandle({
        path: name,
        db: recorded(db, platter),
        syncWal: () => sync(platter),
        released: async () => undefined,
      });
      return ok(checkpointedAtClose(handle, () => settle(platter, db.serialize())));
    },
    exists: async (name) => disk.has(name),
    async remove(name) {
      disk.delete(name);
      return ok(undefined);
    },
    async setAside(name) {
      disk.delete(name);
      return ok(undefined);
    },
    list: async (folder) => [...disk.keys()].filter((name) => name.startsWith(`${folder}/`)),
    sizeBytes: async (name) => disk.get(name)?.synced.length ?? 0,
    crash() {
      const left = new Map<string, Platter>();
      for (const [name, { synced, pending }] of disk) {
        const images = [synced, ...pending];
        left.set(name, { synced: images[random.integer(images.length)] ?? synced, pending: [] });
      }
      return createCrashingFiles(options, left);
    },
  };
}

/** As SQLite says it; the transaction stays open, its caller rolls it back. */
function diskFull(): Error {
  return Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
}

/** SQLite's own checkpoint at the close makes everything durable. */
function checkpointedAtClose(handle: DatabaseFile, checkpoint: () => void): DatabaseFile {
  const close = async (): Promise<void> => {
    if (handle.db.isOpen) checkpoint();
    await handle.close();
  };
  return Object.create(handle, { close: { value: close } }) as DatabaseFile;
}
