import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { sealedKeyId } from '#store/sealing/sealed-record.ts';
import type { CellPlace } from '#store/sealing/sealed-record.ts';
import { DamageError } from './account-file.ts';
import type { AccountFile } from './open-account.ts';
import { changeNow } from './account-transaction.ts';
import type { Slices } from './account-transaction.ts';

/*
 * Rotation of an account's key (STORAGE §4): every sealed cell is opened with the key that its record names and sealed with
 * the active one, row by row in the background. Nothing is remembered of how far it came: what is done bears the new
 * key's id, so it may be stopped and begun anew at any moment.
 */

/** A sealed column; the row's key is its record's name. */
interface SealedColumn {
  readonly table: string;
  readonly column: string;
  readonly key: string;
}

/** All of them: `account-rotation.test.ts` holds the list against the schema. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'account', column: 'lookup', key: 'id' },
  { table: 'mailbox', column: 'named', key: 'number' },
  { table: 'mailbox', column: 'keywords', key: 'number' },
  { table: 'subscription', column: 'name', key: 'id' },
  { table: 'content', column: 'summary', key: 'id' },
  { table: 'content', column: 'body', key: 'id' },
  { table: 'segment', column: 'head', key: 'id' },
  { table: 'segment', column: 'body', key: 'id' },
  { table: 'large_text', column: 'text', key: 'content' },
];

/** Reseals what older keys sealed; returns how many cells. The old keys may be destroyed when it returns 0. */
export function* reseal(account: AccountFile): Slices<Result<number, Trouble>> {
  let resealed = 0;
  for (const column of sealedColumns) {
    for (const key of oldRows(account, column)) {
      const done = resealCell(account, column, key);
      if (!done.ok) return done;
      resealed += 1;
      yield;
    }
  }
  return ok(resealed);
}

type RowKey = number | Uint8Array;

/** Keys of rows that another key sealed, ascending, a page at a time, so that others may use the file in between. */
function* oldRows(account: AccountFile, { table, column, key }: SealedColumn): Generator<RowKey> {
  const active = Buffer.from(account.sealer.keyId, 'hex');
  const page = account.sql(
    `SELECT ${key} AS key FROM ${table} WHERE ${key} > ? AND substr(${column}, 2, 8) <> ? ORDER BY ${key} LIMIT 64`,
  );
  // Row numbers begin at 1; keyed hashes come after no bytes at all.
  let after: RowKey = table === 'subscription' ? new Uint8Array() : 0;
  for (;;) {
    const rows = page
      .all(after, active)
      .map((row) => (row.key instanceof Uint8Array ? row.key : Number(row.key)));
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

function resealCell(
  account: AccountFile,
  { table, column, key }: SealedColumn,
  row: RowKey,
): Result<void, Trouble> {
  const record = row instanceof Uint8Array ? Buffer.from(row).toString('hex') : String(row);
  const place: CellPlace = { table, column, record };
  return changeNow(account, [], () => {
    const sealed = account.sql(`SELECT ${column} AS sealed FROM ${table} WHERE ${key} = ?`).get(row)?.sealed;
    // Gone, or sealed anew by someone else meanwhile.
    if (!(sealed instanceof Uint8Array) || sealedKeyId(sealed) === account.sealer.keyId) return ok(undefined);
    const plain = account.sealer.open(place, sealed);
    if (!plain.ok) throw new DamageError(`${table} ${record} does not open`);
    account
      .sql(`UPDATE ${table} SET ${column} = ? WHERE ${key} = ?`)
      .run(account.sealer.seal(place, plain.value), row);
    return ok(undefined);
  });
}
