import type { Schema } from './schema.ts';

/**
 * One sealed entry, one small row per recipient. Clear are ids, counts and times only; `grp` numbers the groups that
 * share a lease, `last` is the last attempt, sealed under the place that `last_place` names.
 */
export const queueSchema: Schema = {
  name: 'queue',
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
        CREATE TABLE recipient(
          entry INTEGER NOT NULL,
          n INTEGER NOT NULL,
          grp INTEGER NOT NULL,
          state INTEGER NOT NULL,
          attempts INTEGER NOT NULL,
          next_at_ms INTEGER NOT NULL,
          lease TEXT,
          last_place TEXT,
          last BLOB,
          PRIMARY KEY (entry, n)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX recipient_due ON recipient(next_at_ms, entry, grp) WHERE state < 2;
      `),
  ],
};

/** Order matters: `state < 2` is what may be due. */
export const recipientStates = ['waiting', 'leased', 'held'] as const;
export type RecipientState = (typeof recipientStates)[number];
export const stateNumber = { waiting: 0, leased: 1, held: 2 } as const satisfies Record<
  RecipientState,
  number
>;
