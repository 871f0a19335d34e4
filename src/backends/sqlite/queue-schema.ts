import type { Schema } from './schema.ts';

/**
 * One sealed entry, one small row for each part of its recipients that shares state and route. Clear are ids, counts and
 * times only; `grp` numbers the groups that share a lease, `last` is the last attempt, sealed under the place that
 * `last_place` names.
 */
export const queueSchema: Schema = {
  name: 'queue',
  wayOut:
    'the server does not start without it: put the file back; if it is lost, `postern queue renew` begins an empty one, and `postern restore` then brings back, held, what waited in a backup',
  // One file, always busy: 64 MiB of WAL. The pages of what was delivered are written over again and again before they
  // are moved; with 256 pages its checkpoints took 11 % of the time of accepting mail.
  checkpointPages: 16_000,
  // A lot of 256 deletions clears pages of a megabyte and more, which must not be written twice.
  cacheKib: 8_192,
  migrations: [
    (db) =>
      db.exec(`
        CREATE TABLE entry(
          seq INTEGER PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          owner TEXT,
          blob TEXT,
          meta BLOB NOT NULL,
          body BLOB
        ) STRICT;
        CREATE TABLE part(
          entry INTEGER NOT NULL,
          part INTEGER NOT NULL,
          grp INTEGER NOT NULL,
          members TEXT NOT NULL,
          size INTEGER NOT NULL,
          state INTEGER NOT NULL,
          attempts INTEGER NOT NULL,
          next_at_ms INTEGER NOT NULL,
          lease TEXT,
          last_place TEXT,
          last BLOB,
          PRIMARY KEY (entry, part)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX part_due ON part(next_at_ms, entry, grp) WHERE state < 2;
      `),
  ],
};

/** Order matters: `state < 2` is what may be due. */
export const partStates = ['waiting', 'leased', 'held'] as const;
export type PartState = (typeof partStates)[number];
export const stateNumber = { waiting: 0, leased: 1, held: 2 } as const satisfies Record<PartState, number>;
