import type { DatabaseSync } from 'node:sqlite';

/** What begins and ends transactions of a connection: prepared at its first use, for `exec` would read it anew each time. */
export interface TransactionControl {
  begin(): void;
  commit(): void;
  savepoint(): void;
  release(): void;
  /** Back to the savepoint, which is then gone. */
  undo(): void;
}

export function transactionControl(db: DatabaseSync): TransactionControl {
  const rollBackTo = prepared(db, 'ROLLBACK TO operation');
  const release = prepared(db, 'RELEASE operation');
  return {
    begin: prepared(db, 'BEGIN IMMEDIATE'),
    commit: prepared(db, 'COMMIT'),
    savepoint: prepared(db, 'SAVEPOINT operation'),
    release,
    undo() {
      rollBackTo();
      release();
    },
  };
}

function prepared(db: DatabaseSync, text: string): () => void {
  let statement: ReturnType<DatabaseSync['prepare']> | undefined;
  return () => {
    statement ??= db.prepare(text);
    // Not `run`: nobody asks how many rows it changed.
    statement.get();
  };
}
