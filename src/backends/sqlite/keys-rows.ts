import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { AccountId } from '#base/id.ts';
import { sealingAlgorithm } from '#store/sealing/purpose-key.ts';
import type { PurposeKeyRecord } from '#store/sealing/purpose-key.ts';

/** The statements of the key database. */
export interface KeyRows {
  masterKeyId(): string | undefined;
  setMasterKeyId(id: string): void;
  all(): readonly PurposeKeyRecord[];
  ofServer(): readonly PurposeKeyRecord[];
  ofAccount(account: AccountId): readonly PurposeKeyRecord[];
  accounts(): readonly AccountId[];
  add(record: PurposeKeyRecord): void;
  setWrapped(id: string, wrapped: Uint8Array): void;
  setState(id: string, state: PurposeKeyRecord['state']): void;
  remove(id: string): void;
  /** Its key was destroyed on purpose: remembered for good, so that nobody takes an older file's word for it. */
  removeAccount(account: AccountId): void;
  isErased(account: AccountId): boolean;
}

export function keyRows(db: DatabaseSync): KeyRows {
  const master = db.prepare('SELECT id FROM master');
  const setMaster = db.prepare('INSERT INTO master VALUES (1, ?) ON CONFLICT DO UPDATE SET id = excluded.id');
  const columns = 'SELECT id, purpose, account, state, wrapped, created_at_ms FROM key';
  const all = db.prepare(columns);
  const ofServer = db.prepare(`${columns} WHERE account IS NULL`);
  const ofAccount = db.prepare(`${columns} WHERE account = ?`);
  const accounts = db.prepare('SELECT DISTINCT account FROM key WHERE account IS NOT NULL ORDER BY account');
  const add = db.prepare('INSERT INTO key VALUES (?, ?, ?, ?, ?, ?, ?)');
  const setWrapped = db.prepare('UPDATE key SET wrapped = ? WHERE id = ?');
  const setState = db.prepare('UPDATE key SET state = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM key WHERE id = ?');
  const removeAccount = db.prepare('DELETE FROM key WHERE account = ?');
  const addErased = db.prepare('INSERT OR IGNORE INTO erased VALUES (?)');
  const erased = db.prepare('SELECT 1 FROM erased WHERE account = ?');
  return {
    masterKeyId: () => textOrNothing(master.get()?.id),
    setMasterKeyId: (id) => void setMaster.run(id),
    all: () => all.all().map(recordOf),
    ofServer: () => ofServer.all().map(recordOf),
    ofAccount: (account) => ofAccount.all(account).map(recordOf),
    accounts: () => accounts.all().map((row) => String(row.account) as AccountId),
    add: ({ id, purpose, account, algorithm, state, wrapped, createdAtMs }) =>
      void add.run(id, purpose, account ?? null, algorithm, state, wrapped, createdAtMs),
    setWrapped: (id, wrapped) => void setWrapped.run(wrapped, id),
    setState: (id, state) => void setState.run(state, id),
    remove: (id) => void remove.run(id),
    removeAccount(account) {
      removeAccount.run(account);
      addErased.run(account);
    },
    isErased: (account) => erased.get(account) !== undefined,
  };
}

function recordOf(row: Record<string, SQLOutputValue>): PurposeKeyRecord {
  return {
    id: String(row.id),
    purpose: String(row.purpose),
    account: textOrNothing(row.account) as AccountId | undefined,
    algorithm: sealingAlgorithm,
    state: row.state === 'retired' ? 'retired' : 'active',
    wrapped: row.wrapped instanceof Uint8Array ? row.wrapped : new Uint8Array(),
    createdAtMs: Number(row.created_at_ms),
  };
}

function textOrNothing(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
