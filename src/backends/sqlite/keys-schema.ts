import type { Schema } from './schema.ts';

/** The key database: wraps of purpose keys and the id of the master key that made them. Nothing here opens anything by itself. */
export const keysSchema: Schema = {
  name: 'keys',
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
  ],
};
