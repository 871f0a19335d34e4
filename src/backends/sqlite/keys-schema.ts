import { serverWayOut } from './schema.ts';
import type { Schema } from './schema.ts';

/**
 * The key database: wraps of purpose keys and the id of the master key that made them. Nothing here opens anything by itself.
 * `erased` tells an account whose key was destroyed from one that is younger than this file; `founded` a data folder whose
 * files were all made once from one whose first start broke off.
 */
export const keysSchema: Schema = {
  name: 'keys',
  wayOut: serverWayOut,
  migrations: [
    (db) =>
      db.exec(`
        CREATE TABLE master(one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL) STRICT;
        CREATE TABLE key(
          id TEXT PRIMARY KEY,
          purpose TEXT NOT NULL,
          account TEXT,
          algorithm TEXT NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
          wrapped BLOB NOT NULL,
          created_at_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX key_account ON key(account) WHERE account IS NOT NULL;
      `),
    (db) =>
      db.exec(`
        CREATE TABLE erased(account TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        CREATE TABLE founded(one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
      `),
  ],
};
