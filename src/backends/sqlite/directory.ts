import type { SQLInputValue } from 'node:sqlite';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { addressKey } from '#mail/address.ts';
import type { AccountRecord, AliasRecord, DomainRecord } from '#store/contract/accounts.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { DirectoryTables } from '#store/directory-tables.ts';
import { emptyTables } from '#store/directory-tables.ts';
import type { DirectoryJournal } from '#store/directory.ts';
import { keyedHash } from '#store/sealing/keyed-hash.ts';
import { deriveKey } from '#store/sealing/purpose-key.ts';
import type { DatabaseFile } from './database-file.ts';
import type { Keys } from './keys.ts';
import { fencedTrouble } from './sqlite-trouble.ts';

export interface SqliteDirectory {
  readonly journal: DirectoryJournal;
  /** All that the file holds. */
  load(): Result<DirectoryTables, Trouble>;
}

type Table = 'domain' | 'account' | 'alias';

/**
 * The directory's file: written before memory believes a change, read as a whole at the start. The first key of the
 * purpose makes the hashes; rotation would have to write every row anew.
 */
export function sqliteDirectory(file: DatabaseFile, keys: Keys): SqliteDirectory {
  const sealer = keys.serverSealer('directory');
  const { active, retired } = keys.server.directory;
  const hash = keyedHash(deriveKey(retired[0] ?? active, 'directory lookup'));
  const hashOf = (table: Table, key: string): Uint8Array => hash(`${table} ${key}`);
  const { db } = file;
  const saveDomain = db.prepare(
    'INSERT INTO domain VALUES (?, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed',
  );
  const saveAccount = db.prepare(
    'INSERT INTO account VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed',
  );
  const saveAlias = db.prepare(
    'INSERT INTO alias VALUES (?, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed',
  );
  const dropDomain = db.prepare('DELETE FROM domain WHERE hash = ?');
  const dropAccount = db.prepare('DELETE FROM account WHERE id = ?');
  const dropAlias = db.prepare('DELETE FROM alias WHERE hash = ?');
  const rows = {
    domain: db.prepare('SELECT hash AS key, sealed FROM domain'),
    account: db.prepare('SELECT id AS key, sealed FROM account'),
    alias: db.prepare('SELECT hash AS key, sealed FROM alias'),
  };

  async function write(
    statement: { run(...values: SQLInputValue[]): unknown },
    ...values: SQLInputValue[]
  ): Promise<Result<void, Trouble>> {
    const written = file.transaction(() => {
      statement.run(...values);
      return ok(undefined);
    });
    return written.ok ? file.sync() : written;
  }

  function seal(table: Table, key: string | Uint8Array, record: unknown): Uint8Array {
    return sealer.sealJson(place(table, key), record);
  }

  function open<T>(table: Table): Result<readonly T[], Trouble> {
    return file.read(() => {
      const records: T[] = [];
      for (const { key, sealed } of rows[table].iterate()) {
        const known = typeof key === 'string' || key instanceof Uint8Array;
        if (!(sealed instanceof Uint8Array) || !known) continue;
        const opened = sealer.openJson(place(table, key), sealed);
        if (!opened.ok)
          return err(fencedTrouble(file.path, `a row of ${table} does not open (${opened.error})`));
        records.push(opened.value as T);
      }
      return ok(records);
    });
  }

  return {
    journal: {
      saveDomain: (record) => {
        const hash = hashOf('domain', record.domain);
        return write(saveDomain, hash, seal('domain', hash, record));
      },
      dropDomain: ({ domain }) => write(dropDomain, hashOf('domain', domain)),
      saveAccount: (record) => {
        const hash = hashOf('account', addressKey(record.address));
        return write(saveAccount, record.id, hash, seal('account', record.id, record));
      },
      dropAccount: ({ id }) => write(dropAccount, id),
      saveAlias: (record) => {
        const hash = hashOf('alias', addressKey(record.address));
        return write(saveAlias, hash, seal('alias', hash, record));
      },
      dropAlias: ({ address }) => write(dropAlias, hashOf('alias', addressKey(address))),
    },
    load() {
      const domains = open<DomainRecord>('domain');
      if (!domains.ok) return domains;
      const accounts = open<AccountRecord>('account');
      if (!accounts.ok) return accounts;
      const aliases = open<AliasRecord>('alias');
      if (!aliases.ok) return aliases;
      return ok(tablesOf(domains.value, accounts.value, aliases.value));
    },
  };
}

function tablesOf(
  domains: readonly DomainRecord[],
  accounts: readonly AccountRecord[],
  aliases: readonly AliasRecord[],
): DirectoryTables {
  const tables = emptyTables();
  for (const record of domains) tables.domains.set(record.domain, record);
  for (const record of accounts) {
    tables.accounts.set(record.id, record);
    tables.byKey.set(addressKey(record.address), record.id);
  }
  for (const record of aliases) tables.aliases.set(addressKey(record.address), record);
  return tables;
}

function place(table: Table, key: string | Uint8Array): { table: Table; column: string; record: string } {
  return {
    table,
    column: 'sealed',
    record: typeof key === 'string' ? key : Buffer.from(key).toString('hex'),
  };
}
