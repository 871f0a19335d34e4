import type { Trouble } from '#store/contract/trouble.ts';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html) that are the world's trouble, not our bug. */
const sqliteFull = 13;
const damage: ReadonlyMap<number, string> = new Map([
  [3, 'access denied'],
  [5, 'another process has it open'],
  [6, 'a table is locked'],
  [8, 'it is read-only'],
  [10, 'disk I/O error'],
  [11, 'the file is damaged'],
  [14, 'it cannot be opened'],
  [26, 'it is not a database'],
]);

/** Of an account's file. */
const wayOut =
  'its mail waits, other files go on; see `postern doctor`, then restore this file from a backup';

/** A file out of use, with the reason and the way out in words. */
export function fencedTrouble(file: string, reason: string, way = wayOut): Trouble {
  return { code: 'fenced', file, detail: `${reason}; ${way}` };
}

/** The file's own trouble: SQLite may have rolled back already. */
export function isSqliteError(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error;
}

/**
 * What an exception of `node:sqlite` means for the file. `undefined`: a bug of ours (wrong SQL, broken constraint),
 * which the caller throws on.
 */
export function sqliteTrouble(error: unknown, file: string, way = wayOut): Trouble | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  const primary = error.errcode & 0xff;
  if (primary === sqliteFull) return { code: 'disk-full', detail: `${file}: the disk is full` };
  const reason = damage.get(primary);
  return reason === undefined
    ? undefined
    : fencedTrouble(file, `${reason} (SQLite ${error.errcode}: ${error.message})`, way);
}
