import { makeId } from '#base/id.ts';
import type { BlobId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Appended, ModSeq, Uid } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { writeContent } from './account-content.ts';
import type { MovedMessage } from './account-content.ts';
import { count, countFlags, takeNumber } from './account-counter.ts';
import { counterOf } from './account-file.ts';
import type { Cells } from './cell-statement.ts';
import type { AccountFile, MailboxState } from './open-account.ts';

/** A message's row; `size` still masked. */
export interface Row {
  readonly uid: number;
  readonly modseq: number;
  readonly flags: number;
  readonly internal: number;
  readonly saved: number;
  readonly size: number;
  readonly content: number;
  readonly email: string;
}

const uidRange = 2 ** 32;

/** `message.id`: all of a mailbox lies together, ascending by UID. */
export function messageId(mailbox: MailboxState, uid: number): number {
  return mailbox.number * uidRange + uid;
}

/** Of `rowColumns`, which come first. */
export function rowOf(cells: Cells): Row {
  return {
    uid: Number(cells[0]) % uidRange,
    modseq: Number(cells[1]),
    flags: Number(cells[2]),
    internal: Number(cells[3]),
    saved: Number(cells[4]),
    size: Number(cells[5]),
    content: Number(cells[6]),
    email: String(cells[7]),
  };
}

const columns = 'id, modseq, flags, internal, saved, size, content, email';
export const rowColumns = columns
  .split(', ')
  .map((column) => `m.${column}`)
  .join(', ');

const insertMessage = `INSERT INTO message(${columns}, born) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Messages of these UIDs that exist, ascending, each once. */
export function* existingRows(
  account: AccountFile,
  mailbox: MailboxState,
  uids: readonly number[] | 'all',
): Generator<Row> {
  if (uids === 'all') {
    yield* rowsFrom(account, mailbox, 1);
    return;
  }
  const wanted = Uint32Array.from(new Set(uids)).sort();
  for (let at = 0; at < wanted.length; at += chunkRows) {
    const chunk = wanted.subarray(at, at + chunkRows);
    const rows = messageCells(account, mailbox, {
      uids: chunk,
      select: `SELECT ${rowColumns} FROM message m`,
    });
    for (const cells of rows) yield rowOf(cells);
  }
}

/** Rows of one statement. */
const chunkRows = 64;

/**
 * Messages of these UIDs (ascending) that exist; UIDs that lie close together are read as one range.
 * @param select from `message m`; its first cell is the id
 */
export function messageCells(
  account: AccountFile,
  mailbox: MailboxState,
  { uids, select }: { readonly uids: Uint32Array; readonly select: string },
): readonly Cells[] {
  const [first = 0] = uids;
  const last = uids.at(-1) ?? 0;
  if (uids.length > 1 && last - first < 2 * uids.length) {
    const range = account.cells(`${select} WHERE m.id >= ? AND m.id <= ? ORDER BY m.id`);
    const found = range.all(messageId(mailbox, first), messageId(mailbox, last));
    if (last - first + 1 === uids.length) return found;
    const wanted = new Set(uids);
    return found.filter((cells) => wanted.has(Number(cells[0]) % uidRange));
  }
  const one = account.cells(`${select} WHERE m.id = ?`);
  return Array.from(uids, (uid) => one.get(messageId(mailbox, uid))).filter((cells) => cells !== undefined);
}

/** A page at a time, so that rows may be changed or the thread given away between two. */
export function* rowsFrom(account: AccountFile, mailbox: MailboxState, first: number): Generator<Row> {
  const page = account.cells(`SELECT ${columns} FROM message WHERE id >= ? AND id < ? ORDER BY id LIMIT 256`);
  const end = messageId(mailbox, 0) + uidRange;
  for (let from = messageId(mailbox, first); ;) {
    const rows = page.all(from, end).map(rowOf);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    from = messageId(mailbox, last.uid + 1);
  }
}

/** A message as it is now; `undefined` when it has gone. */
export function rowNow(account: AccountFile, mailbox: MailboxState, uid: number): Row | undefined {
  const cells = account.cells(`SELECT ${columns} FROM message WHERE id = ?`).get(messageId(mailbox, uid));
  return cells && rowOf(cells);
}

export function isThere(account: AccountFile, mailbox: MailboxState, { uid }: Row): boolean {
  return account.sql('SELECT 1 FROM message WHERE id = ?').get(messageId(mailbox, uid)) !== undefined;
}

/** Between two UIDs from the newest back, each as it is when it is its turn: for work that others may interrupt. */
export function* rowsBackward(
  account: AccountFile,
  mailbox: MailboxState,
  { above = 0, below = uidRange }: { readonly above?: number; readonly below?: number } = {},
): Generator<Row> {
  const page = account.cells(
    `SELECT ${columns} FROM message WHERE id > ? AND id < ? ORDER BY id DESC LIMIT 256`,
  );
  const get = account.cells(`SELECT ${columns} FROM message WHERE id = ?`);
  const start = messageId(mailbox, above);
  for (let before = messageId(mailbox, below); ;) {
    // Every change of a message takes a MODSEQ: while none was taken, the page is as it was read.
    const readAt = counterOf(account, 0).next;
    const rows = page.all(start, before);
    for (const row of rows) {
      const now = counterOf(account, 0).next === readAt ? row : get.get(Number(row[0]));
      if (now !== undefined) yield rowOf(now);
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    before = Number(last[0]);
  }
}

export interface Arrival {
  readonly flags: number;
  readonly internal: number;
  readonly sizeBytes: number;
  readonly email: string;
  /** Content that is there already, or what is to be written. */
  readonly content: number | MovedMessage;
}

/** Puts a message in as the mailbox's next; its numbers must be reserved. Returns its content's id, too. */
export function insertRow(
  account: AccountFile,
  mailbox: MailboxState,
  arrival: Arrival,
): Appended & { readonly content: number } {
  const all = counterOf(account, 0);
  const uid = takeNumber(mailbox.counter) as Uid;
  const modseq = takeNumber(all) as ModSeq;
  const content = contentOf(account, arrival, modseq);
  account
    .sql(insertMessage)
    .run(
      messageId(mailbox, uid),
      modseq,
      arrival.flags,
      arrival.internal,
      Math.floor(account.context.clock.now()),
      account.sizes.hide(content, arrival.sizeBytes),
      content,
      arrival.email,
      modseq,
    );
  mailbox.counter.modseq = modseq;
  count([mailbox.counter, all], arrival, 1);
  return { uid, modseq, uidValidity: mailbox.uidValidity, content };
}

function contentOf(account: AccountFile, { content }: Arrival, modseq: number): number {
  if (typeof content !== 'number') {
    writeContent(account, modseq, content);
    return modseq;
  }
  account
    .sql(
      'INSERT INTO shared(content, messages) VALUES (?, 2) ON CONFLICT(content) DO UPDATE SET messages = messages + 1',
    )
    .run(content);
  return content;
}

/** Takes messages out under one MODSEQ, which must be reserved; returns the large bodies that nobody needs any more. */
export function* removeRows(
  account: AccountFile,
  mailbox: MailboxState,
  rows: readonly Row[],
): Generator<void, readonly BlobId[]> {
  if (rows.length === 0) return [];
  const all = counterOf(account, 0);
  const modseq = takeNumber(all);
  const freed: BlobId[] = [];
  const sizes = account.sizes.show(rows);
  mailbox.counter.modseq = modseq;
  for (const [at, row] of rows.entries()) {
    account.sql('DELETE FROM message WHERE id = ?').run(messageId(mailbox, row.uid));
    count([mailbox.counter, all], { flags: row.flags, sizeBytes: sizes[at] ?? 0 }, -1);
    freed.push(...releaseContent(account, row.content));
    yield;
  }
  for (const [first, last] of rangesOf(rows)) {
    account
      .sql('INSERT INTO vanished(mailbox, modseq, first, last) VALUES (?, ?, ?, ?)')
      .run(mailbox.number, modseq, first, last);
    account
      .sql('UPDATE segment SET stale = 1 WHERE id >= ? AND id <= ? AND last >= ?')
      .run(messageId(mailbox, 0), messageId(mailbox, last), first);
  }
  return freed;
}

/** Runs of UIDs that follow one another. */
function rangesOf(rows: readonly Row[]): readonly (readonly [first: number, last: number])[] {
  const ranges: [number, number][] = [];
  for (const { uid } of rows) {
    const current = ranges.at(-1);
    if (current !== undefined && current[1] === uid - 1) current[1] = uid;
    else ranges.push([uid, uid]);
  }
  return ranges;
}

function releaseContent(account: AccountFile, content: number): readonly BlobId[] {
  const shared = account.sql('SELECT messages FROM shared WHERE content = ?').get(content);
  if (shared !== undefined) {
    const left = Number(shared.messages) - 1;
    if (left > 1) account.sql('UPDATE shared SET messages = ? WHERE content = ?').run(left, content);
    else account.sql('DELETE FROM shared WHERE content = ?').run(content);
    return [];
  }
  account.sql('DELETE FROM content WHERE id = ?').run(content);
  account.sql('DELETE FROM large_text WHERE content = ?').run(content);
  const blob = account.sql('DELETE FROM blob WHERE content = ? RETURNING id').get(content);
  return blob === undefined ? [] : [String(blob.id) as BlobId];
}

/** Sets a message's flags under a MODSEQ taken before. */
export function updateFlags(
  account: AccountFile,
  mailbox: MailboxState,
  change: { readonly row: Row; readonly flags: number; readonly modseq: number },
): void {
  const { row, flags, modseq } = change;
  account
    .sql('UPDATE message SET flags = ?, modseq = ? WHERE id = ?')
    .run(flags, modseq, messageId(mailbox, row.uid));
  for (const counter of [mailbox.counter, counterOf(account, 0)]) {
    countFlags(counter, row.flags, -1);
    countFlags(counter, flags, 1);
  }
}

/** Union of the flags of all messages: asked only when all keyword bits are named. */
export function flagsInUse(account: AccountFile, mailbox: MailboxState): number {
  let bits = 0;
  for (const { flags } of rowsFrom(account, mailbox, 1)) bits |= flags;
  return bits;
}

export function setKeywords(account: AccountFile, mailbox: MailboxState, keywords: readonly string[]): void {
  if (
    keywords.length === mailbox.keywords.length &&
    keywords.every((word, at) => word === mailbox.keywords[at])
  )
    return;
  const sealed = account.sealer.sealJson(
    { table: 'mailbox', column: 'keywords', record: String(mailbox.number) },
    keywords,
  );
  account.sql('UPDATE mailbox SET keywords = ? WHERE number = ?').run(sealed, mailbox.number);
  mailbox.keywords = keywords;
}

export function newEmailId(account: AccountFile): string {
  return makeId(account.context.clock.now(), account.context.random.bytes(10));
}

export function findMailbox(account: AccountFile, id: MailboxState['id']): Result<MailboxState, Trouble> {
  const mailbox = account.mailboxes.get(id);
  return mailbox === undefined ? err({ code: 'not-found', what: 'mailbox' }) : ok(mailbox);
}

export function mailboxNamed(account: AccountFile, name: string): MailboxState | undefined {
  return account.mailboxes.values().find((mailbox) => mailbox.name === name);
}
