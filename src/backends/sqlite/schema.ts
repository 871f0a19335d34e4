import type { DatabaseSync } from 'node:sqlite';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { fencedTrouble } from './sqlite-trouble.ts';

/**
 * A file's shape as a list of steps; step n brings `user_version` n to n + 1. Steps are only ever appended:
 * every later release opens the files of every earlier one.
 */
export interface Schema {
  readonly name: string;
  readonly migrations: readonly ((db: DatabaseSync) => void)[];
  /** Pages of WAL after which it is moved into the file (STORAGE §1); `checkpointPages` unless said. */
  readonly checkpointPages?: number;
  /** What a person does when the file is missing or damaged; that of an account's file unless said. */
  readonly wayOut?: string;
  /** What its connection may keep in memory; `smallCacheKib` unless said. */
  readonly cacheKib?: number;
}

/** A MiB of WAL: for thousands of files that are open at once. */
export const checkpointPages = 256;
export const smallCacheKib = 256;

/** Of the files of the server itself. */
export const serverWayOut =
  'the server does not start without it: put the file back, or restore a backup into an empty folder (`postern restore`)';

/** Steps that a file has behind it; 0: it holds nothing at all. */
export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

/** Brings a file up to date, all steps in one transaction. A file from a newer release is left alone. */
export function migrate(db: DatabaseSync, schema: Schema, file: string): Result<void, Trouble> {
  const version = schemaVersion(db);
  const known = schema.migrations.length;
  if (version > known) {
    return err(
      fencedTrouble(
        file,
        `written by a newer release (${schema.name} schema ${version}, this release knows ${known})`,
        schema.wayOut,
      ),
    );
  }
  if (version === known) return ok(undefined);
  db.exec('BEGIN IMMEDIATE');
  for (const step of schema.migrations.slice(version)) step(db);
  db.exec(`PRAGMA user_version = ${known}; COMMIT`);
  return ok(undefined);
}
