import type { AccountId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { DirectoryTables } from '#store/directory-tables.ts';
import type { AccountMail, DirectoryJournal } from '#store/directory.ts';
import { addressKey } from '#mail/address.ts';
import type { Usage } from '#store/quota.ts';
import type { EventSink } from '#trace/events.ts';
import { databaseName } from './account-file.ts';
import { accountSchema } from './account-schema.ts';
import type { DatabaseFiles } from './database-file.ts';
import type { Keys } from './keys.ts';

/** What account files do for the directory. */
export interface AccountFileStore {
  /** Durable on return, with the standard mailboxes. */
  createFile(id: AccountId): Promise<Result<void, Trouble>>;
  /** Closes and deletes; nothing to do if it is gone. */
  removeFile(id: AccountId): Promise<Result<void, Trouble>>;
  held(id: AccountId): Promise<Result<{ readonly usage: Usage }, Trouble>>;
}

/** A new account's key comes first and its record last; an old one's key goes first (STORAGE §4 Erasure). */
export function accountLifecycle(keys: Keys, files: AccountFileStore): AccountMail {
  return {
    async create(id) {
      const key = keys.createAccount(id);
      if (!key.ok) return key;
      const made = await files.createFile(id);
      if (made.ok) return made;
      await files.removeFile(id);
      const destroyed = keys.destroyAccount(id);
      return destroyed.ok ? made : destroyed;
    },
    async remove(id) {
      const destroyed = keys.destroyAccount(id);
      return destroyed.ok ? files.removeFile(id) : destroyed;
    },
    async usage(id) {
      const held = await files.held(id);
      return held.ok ? ok(held.value.usage) : held;
    },
  };
}

export interface FinishingParts {
  readonly keys: Keys;
  readonly databases: DatabaseFiles;
  readonly files: Pick<AccountFileStore, 'removeFile'>;
  readonly tables: DirectoryTables;
  readonly journal: DirectoryJournal;
  readonly events: EventSink;
}

/**
 * At the start: what a crash left half made or half removed is removed, key first. Nothing is destroyed on the word of an
 * older file: an account that the directory does not know and that holds mail was never half made, so the directory is older;
 * one whose key is gone without having been destroyed was never half removed, so the key ring is older, and it is out of use.
 */
export async function finishRemovals({
  keys,
  databases,
  files,
  tables,
  journal,
  events,
}: FinishingParts): Promise<Result<void, Trouble>> {
  const withKey = new Set(keys.accounts());
  for (const id of withKey) {
    if (tables.accounts.has(id) || (await mayHoldMail(databases, id))) continue;
    const destroyed = keys.destroyAccount(id);
    if (!destroyed.ok) return destroyed;
    const removed = await files.removeFile(id);
    if (!removed.ok) return removed;
  }
  const keyless = [...tables.accounts.values()].filter(({ id }) => !withKey.has(id));
  const lost = keyless.filter(({ id }) => !keys.isErased(id)).map(({ id }) => id);
  const trouble = keys.miss(lost);
  for (const account of lost)
    if (trouble.code === 'fenced')
      events.emit({ name: 'account-fenced', account, file: trouble.file, detail: trouble.detail });
  for (const record of keyless.filter(({ id }) => keys.isErased(id))) {
    const removed = await files.removeFile(record.id);
    if (!removed.ok) return removed;
    const dropped = await journal.dropAccount(record);
    if (!dropped.ok) return dropped;
    tables.accounts.delete(record.id);
    tables.byKey.delete(addressKey(record.address));
  }
  return ok(undefined);
}

/** Mail comes only after the record. What cannot be read may hold some; what a crash left without a schema does not. */
async function mayHoldMail(databases: DatabaseFiles, id: AccountId): Promise<boolean> {
  const name = databaseName(id);
  if ((await databases.sizeBytes(name)) === 0) return false;
  const file = await databases.open(name, accountSchema, 'create');
  if (!file.ok) return true;
  const found = file.value.read(() =>
    ok(file.value.db.prepare('SELECT 1 FROM message LIMIT 1').get() !== undefined),
  );
  await file.value.close();
  return !found.ok || found.value;
}
