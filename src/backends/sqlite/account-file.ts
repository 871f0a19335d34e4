import type { StatementSync } from 'node:sqlite';
import type { AccountId, MailboxId } from '#base/id.ts';
import { KeptShelf } from '#base/kept-shelf.ts';
import type { KeptPool } from '#base/kept-shelf.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { SpecialUse } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { keyedHash } from '#store/sealing/keyed-hash.ts';
import { deriveKey, keyBytes } from '#store/sealing/purpose-key.ts';
import type { PurposeKey } from '#store/sealing/purpose-key.ts';
import { recordSealer } from '#store/sealing/record-sealer.ts';
import type { RecordSealer } from '#store/sealing/record-sealer.ts';
import { numberBlockStep } from '#store/number-block.ts';
import { count, readCounters, writeCounters } from './account-counter.ts';
import type { AccountFile, AccountKey, Counter, MailboxState, SegmentTexts } from './open-account.ts';
import { accountSchema } from './account-schema.ts';
import { cellStatement } from './cell-statement.ts';
import type { CellStatement } from './cell-statement.ts';
import type { DatabaseFile } from './database-file.ts';
import { sizeMask } from './size-mask.ts';
import { fencedTrouble } from './sqlite-trouble.ts';
import type { WorkerContext } from './thread.ts';

export const databaseName = (id: AccountId): string => `accounts/${id.slice(-2)}/${id}`;

/** The account of such a name. */
export const accountOfName = (name: string): AccountId => name.slice(name.lastIndexOf('/') + 1) as AccountId;

const lookupPlace = { table: 'account', column: 'lookup', record: '1' };

export interface AccountOpening {
  readonly id: AccountId;
  readonly key: AccountKey;
  readonly context: WorkerContext;
}

/** Opens an account's file that must be there, and goes on from its marks if it was not closed cleanly. */
export async function openAccountFile(
  opening: AccountOpening & { readonly heads: KeptPool<number, SegmentTexts> },
): Promise<Result<AccountFile, Trouble>> {
  const file = await opening.context.files.open(databaseName(opening.id), accountSchema, 'existing');
  if (!file.ok) return file;
  const account = file.value.read(() => ownedFile(opening, file.value));
  const ready = account.ok
    ? file.value.read(() => {
        // After a failed sync the WAL may be whole in memory only: written anew into the file, it is on disk for certain.
        const settled = file.value.truncateWal();
        if (!settled.ok) return settled;
        load(account.value);
        return recoverMarks(account.value);
      })
    : account;
  if (account.ok && ready.ok) return account;
  await file.value.close();
  return ready.ok ? account : ready;
}

/** Makes and closes the file of a new account; one that is there already is left as it is. Durable on return. */
export async function createAccountFile(opening: AccountOpening): Promise<Result<void, Trouble>> {
  const file = await opening.context.files.open(databaseName(opening.id), accountSchema, 'create');
  if (!file.ok) return file;
  const made = file.value.transactionFull(() => {
    const { db } = file.value;
    if (db.prepare('SELECT 1 FROM account').get() === undefined) writeOwner(opening, file.value);
    return ok<void>(undefined);
  });
  await file.value.close();
  return made;
}

/** The row says whose file this is; the secret in it keys the account's hashes, and opens only under the right key. */
function writeOwner(opening: AccountOpening, { db }: DatabaseFile): void {
  const lookup = sealerOf(opening).seal(lookupPlace, opening.context.random.bytes(keyBytes));
  db.prepare(
    'INSERT INTO account(id, account, lookup, mailbox_next, uid_validity_last) VALUES (1, ?, ?, 1, 0)',
  ).run(opening.id, lookup);
  db.exec(
    'INSERT INTO counter(number, next, mark, modseq, messages, unseen, deleted, bytes) VALUES (0, 1, 1, 0, 0, 0, 0, 0)',
  );
}

function sealerOf({ id, key, context }: AccountOpening): RecordSealer {
  const { retired = [] } = key;
  return recordSealer({ purpose: 'account', account: id, active: key, retired, random: context.random });
}

function ownedFile(
  opening: Parameters<typeof openAccountFile>[0],
  file: DatabaseFile,
): Result<AccountFile, Trouble> {
  const sealer = sealerOf(opening);
  const row = file.db.prepare('SELECT account, lookup FROM account WHERE id = 1').get();
  if (row === undefined || row.account !== opening.id) {
    return err(fencedTrouble(file.path, 'it is not the file of this account'));
  }
  const lookup = row.lookup instanceof Uint8Array ? sealer.open(lookupPlace, row.lookup) : undefined;
  if (lookup?.ok !== true) return err(fencedTrouble(file.path, 'the account key does not open it'));
  return ok(handleOf(opening, { file, sealer, lookup: lookup.value }));
}

interface OwnedFile {
  readonly file: DatabaseFile;
  readonly sealer: RecordSealer;
  readonly lookup: Uint8Array;
}

function handleOf(
  { id, context, heads }: Parameters<typeof openAccountFile>[0],
  { file, sealer, lookup }: OwnedFile,
): AccountFile {
  const statements = new Map<string, StatementSync>();
  const cellStatements = new Map<string, CellStatement>();
  const secret: PurposeKey = { id: '', key: lookup };
  return {
    id,
    file,
    context,
    sealer,
    sizes: sizeMask(deriveKey(secret, 'size')),
    hashes: {
      ledger: keyedHash(deriveKey(secret, 'ledger')),
      appended: keyedHash(deriveKey(secret, 'appended')),
      subscription: keyedHash(deriveKey(secret, 'subscription')),
    },
    sql(text) {
      const known = statements.get(text);
      if (known !== undefined) return known;
      const prepared = file.db.prepare(text);
      statements.set(text, prepared);
      return prepared;
    },
    cells(text) {
      const known = cellStatements.get(text);
      if (known !== undefined) return known;
      const statement = cellStatement(file.db, text);
      cellStatements.set(text, statement);
      return statement;
    },
    heads: new KeptShelf(heads),
    counters: new Map(),
    mailboxes: new Map(),
    subscriptions: undefined,
  };
}

/** Reads mailboxes and counters anew: at the start, and after a transaction that was rolled back. */
export function load(account: AccountFile): void {
  const durable = new Map(account.counters.values().map((counter) => [counter.number, counter.durable]));
  account.counters = readCounters(account);
  account.subscriptions = undefined;
  for (const counter of account.counters.values()) {
    counter.durable = Math.min(counter.mark, durable.get(counter.number) ?? counter.mark);
  }
  const rows = account.sql('SELECT number, id, uid_validity, named, keywords FROM mailbox').all();
  account.mailboxes = new Map(
    rows.map((row) => {
      const state = mailboxOf(account, row);
      return [state.id, state];
    }),
  );
  for (const mailbox of account.mailboxes.values()) countArrivals(account, mailbox);
}

/** Deliveries leave the counters to be written later; what arrived since they were is counted from the end. */
function countArrivals(account: AccountFile, { number, counter }: MailboxState): void {
  const all = counterOf(account, 0);
  const written = counter.modseq;
  const tail = account.sql(
    'SELECT id, born, flags, size, content FROM message WHERE id > ? AND id < ? ORDER BY id DESC',
  );
  for (const row of tail.iterate(number * uidRange, (number + 1) * uidRange)) {
    const born = Number(row.born);
    if (born <= written) return;
    const [sizeBytes = 0] = account.sizes.show([{ content: Number(row.content), size: Number(row.size) }]);
    count([counter, all], { flags: Number(row.flags), sizeBytes }, 1);
    counter.modseq = Math.max(counter.modseq, born);
    counter.next = Math.max(counter.next, (Number(row.id) % uidRange) + 1);
    all.next = Math.max(all.next, born + 1);
  }
}

const uidRange = 2 ** 32;

function mailboxOf(account: AccountFile, row: Record<string, unknown>): MailboxState {
  const number = Number(row.number);
  const named = openJson(account, row.named, { table: 'mailbox', column: 'named', record: String(number) });
  const keywords =
    row.keywords === null
      ? []
      : openJson(account, row.keywords, { table: 'mailbox', column: 'keywords', record: String(number) });
  const { name, specialUse } = named as { readonly name: string; readonly specialUse: SpecialUse | null };
  return {
    number,
    id: String(row.id) as MailboxId,
    uidValidity: Number(row.uid_validity),
    name,
    specialUse: specialUse ?? undefined,
    keywords: keywords as readonly string[],
    counter: counterOf(account, number),
  };
}

export function counterOf(account: Pick<AccountFile, 'counters' | 'file'>, number: number): Counter {
  const counter = account.counters.get(number);
  if (counter === undefined) throw new DamageError(`counter ${number} is missing`);
  return counter;
}

function openJson(
  account: AccountFile,
  sealed: unknown,
  place: { readonly table: string; readonly column: string; readonly record: string },
): unknown {
  const opened = sealed instanceof Uint8Array ? account.sealer.openJson(place, sealed) : undefined;
  if (opened?.ok !== true) throw new DamageError(`${place.table} ${place.record} does not open`);
  return opened.value;
}

/** Thrown where a row is not what was written; becomes `fenced` as SQLite's own finding of damage does. */
export class DamageError extends Error {
  readonly errcode = 11;
}

/**
 * A file that was closed cleanly has mark = next everywhere. Where not, numbers up to the mark may have been seen: it goes
 * on from there, and says of the UIDs between that they vanished, so that no client keeps one.
 */
function recoverMarks(account: AccountFile): Result<void, Trouble> {
  if (!account.counters.values().some((counter) => counter.mark > counter.next)) return ok(undefined);
  return account.file.transactionFull(() => {
    const all = counterOf(account, 0);
    const modseq = Math.max(all.mark, all.next);
    all.next = modseq + 1;
    all.mark = Math.max(all.mark, modseq) + numberBlockStep;
    all.dirty = true;
    for (const counter of account.counters.values()) {
      if (counter.number === 0) continue;
      if (counter.mark > counter.next) loseGap(account, counter, modseq);
      // Changes of flags take no UID: any mailbox may have shown a MODSEQ that is lost.
      counter.modseq = modseq;
      counter.dirty = true;
    }
    writeCounters(account);
    for (const counter of account.counters.values()) counter.durable = counter.mark;
    return ok(undefined);
  });
}

function loseGap(account: AccountFile, counter: Counter, modseq: number): void {
  account
    .sql('INSERT INTO vanished(mailbox, modseq, first, last) VALUES (?, ?, ?, ?)')
    .run(counter.number, modseq, counter.next, counter.mark - 1);
  counter.next = counter.mark;
}

/** Gives the reserved numbers back and closes; the next opening goes on without a gap. */
export async function closeAccountFile(account: AccountFile): Promise<void> {
  account.heads.end();
  giveBackNumbers(account);
  await account.file.close();
}

/** Before closing. Whoever uses the file after all reserves anew. */
export function giveBackNumbers(account: AccountFile): void {
  const { file } = account;
  const open = [...account.counters.values()].filter(
    (counter) => counter.dirty || counter.mark !== counter.next,
  );
  if (file.fenced !== undefined || open.length === 0) return;
  file.transaction(() => {
    for (const counter of open) {
      counter.mark = counter.next;
      // Not to be reserved ahead once more.
      counter.durable = 1;
      counter.dirty = true;
    }
    writeCounters(account);
    return ok(undefined);
  });
}
