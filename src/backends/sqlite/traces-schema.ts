import { serverWayOut } from './schema.ts';
import type { Schema } from './schema.ts';

/** Traces and security state. Ids carry their time; `trace_key` finds by keyed hashes. */
export const tracesSchema: Schema = {
  name: 'traces',
  wayOut: `${serverWayOut}; or move it away: traces and counters then begin anew, and no mail is lost`,
  // One file, always busy. Its keys are hashes, so that each lot touches pages all over the index: with little room they
  // were read again, and written before the lot ended.
  checkpointPages: 4_096,
  cacheKib: 4_096,
  migrations: [
    (db) =>
      db.exec(`
        CREATE TABLE trace(id TEXT PRIMARY KEY, owner TEXT, sealed BLOB NOT NULL) STRICT;
        CREATE TABLE trace_key(hash BLOB NOT NULL, id TEXT NOT NULL, PRIMARY KEY (hash, id)) STRICT, WITHOUT ROWID;
        CREATE INDEX trace_key_id ON trace_key(id);
        CREATE TABLE trace_delivery(
          trace TEXT NOT NULL, n INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (trace, n)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE counter(hash BLOB PRIMARY KEY, ends_at_ms INTEGER NOT NULL, slices TEXT NOT NULL) STRICT, WITHOUT ROWID;
      `),
  ],
};
