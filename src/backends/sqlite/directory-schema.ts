import { serverWayOut } from './schema.ts';
import type { Schema } from './schema.ts';

/** Domains, accounts, aliases and settings. Rows are found by keyed hashes; what they say is sealed. */
export const directorySchema: Schema = {
  name: 'directory',
  wayOut: serverWayOut,
  migrations: [
    (db) =>
      db.exec(`
        CREATE TABLE domain(hash BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE account(id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL) STRICT;
        CREATE TABLE alias(hash BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
        CREATE TABLE setting(name TEXT PRIMARY KEY, version INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
      `),
  ],
};
