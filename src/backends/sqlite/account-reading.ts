import type { MailboxId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { MailboxChanges, MailboxSnapshot, ModSeq, Uid } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { readStoredBody } from './account-content.ts';
import type { StoredBody } from './account-content.ts';
import { counterOf } from './account-file.ts';
import type { AccountFile, MailboxState } from './open-account.ts';
import { recount } from './account-recount.ts';
import type { Recounted } from './account-recount.ts';
import { findMailbox, messageId } from './account-rows.ts';
import { slice } from './account-transaction.ts';
import type { Slices } from './account-transaction.ts';

type Answer<T> = Result<T, Trouble> | Promise<Result<T, Trouble>>;

/** A read in slices; the account's lock keeps writers out between them. */
export function readSliced<T>(account: AccountFile, work: () => Slices<Result<T, Trouble>>): Answer<T> {
  const slices = work();
  const step = (): Result<T | undefined, Trouble> => {
    let done: Result<T, Trouble> | undefined;
    const read = account.file.read(() => {
      done = slice(account, slices);
      return ok(undefined);
    });
    return read.ok ? (done ?? read) : read;
  };
  const first = step();
  return isDone(first) ? first : readOn(account, step);
}

async function readOn<T>(
  account: AccountFile,
  step: () => Result<T | undefined, Trouble>,
): Promise<Result<T, Trouble>> {
  for (;;) {
    await account.context.yield();
    const next = step();
    if (isDone(next)) return next;
  }
}

function isDone<T>(result: Result<T | undefined, Trouble>): result is Result<T, Trouble> {
  return !result.ok || result.value !== undefined;
}

/** A snapshot, and what had to be put right for it. */
export interface Selected {
  readonly snapshot: MailboxSnapshot;
  readonly recounted: Recounted | undefined;
}

export function select(account: AccountFile, args: { readonly mailbox: MailboxId }): Answer<Selected> {
  const found = findMailbox(account, args.mailbox);
  if (!found.ok) return found;
  const looked = snapshotOf(account, found.value);
  return looked instanceof Promise
    ? looked.then((later) => selected(account, found.value, later))
    : selected(account, found.value, looked);
}

function selected(
  account: AccountFile,
  mailbox: MailboxState,
  looked: Result<MailboxSnapshot | 'miscounted', Trouble>,
): Answer<Selected> {
  if (!looked.ok) return looked;
  if (looked.value === 'miscounted') return selectRecounted(account, mailbox);
  return ok({ snapshot: looked.value, recounted: undefined });
}

async function selectRecounted(
  account: AccountFile,
  mailbox: MailboxState,
): Promise<Result<Selected, Trouble>> {
  const recounted = await recount(account, mailbox);
  if (!recounted.ok) return recounted;
  const looked = await snapshotOf(account, mailbox);
  if (!looked.ok) return looked;
  if (looked.value === 'miscounted') throw new Error('a mailbox that was just counted is miscounted');
  return ok({ snapshot: looked.value, recounted: recounted.value });
}

function snapshotOf(account: AccountFile, mailbox: MailboxState): Answer<MailboxSnapshot | 'miscounted'> {
  return readSliced(account, function* (): Slices<Result<MailboxSnapshot | 'miscounted', Trouble>> {
    const { messages } = mailbox.counter;
    // No mailbox holds more than it ever gave numbers to, and memory is asked for by the count.
    if (messages < 0 || messages >= mailbox.counter.next) return ok('miscounted' as const);
    const uids = new Uint32Array(messages);
    const flags = new Uint32Array(messages);
    const modseqs = new Float64Array(messages);
    let at = 0;
    for (const page of briefPages(account, mailbox)) {
      if (at + page.uids.length > messages) return ok('miscounted' as const);
      uids.set(page.uids, at);
      flags.set(page.flags, at);
      modseqs.set(page.modseqs, at);
      at += page.uids.length;
      yield;
    }
    if (at !== messages) return ok('miscounted' as const);
    return ok({
      mailbox: mailbox.id,
      uidValidity: mailbox.uidValidity,
      uidNext: mailbox.counter.next,
      highestModSeq: mailbox.counter.modseq as ModSeq,
      uids,
      flags,
      modseqs,
      keywords: mailbox.keywords,
    });
  });
}

interface BriefPage {
  readonly uids: readonly number[];
  readonly flags: readonly number[];
  readonly modseqs: readonly number[];
}

const briefPageRows = 1_024;

/** Columns as JSON cost a third of what objects for rows do: this is what the first SELECT of a large mailbox waits for. */
const briefColumns = `SELECT json_group_array(id & 4294967295) AS uids, json_group_array(flags) AS flags,
  json_group_array(modseq) AS modseqs, max(id) AS last
  FROM (SELECT id, flags, modseq FROM message WHERE id > ? AND id < ? ORDER BY id LIMIT ${briefPageRows})`;

function* briefPages(account: AccountFile, mailbox: MailboxState): Generator<BriefPage> {
  const read = account.sql(briefColumns);
  const end = messageId(mailbox, 2 ** 32 - 1) + 1;
  for (let after = messageId(mailbox, 0); ;) {
    const row = read.get(after, end);
    const numbers = (column: string): number[] => JSON.parse(String(row?.[column])) as number[];
    const page = { uids: numbers('uids'), flags: numbers('flags'), modseqs: numbers('modseqs') };
    yield page;
    if (page.uids.length < briefPageRows) return;
    after = Number(row?.last);
  }
}

/** The body itself, or what leads to its file. */
export function bodyOf(
  account: AccountFile,
  args: { readonly mailbox: MailboxId; readonly uid: number },
): Result<StoredBody, Trouble> {
  const found = findMailbox(account, args.mailbox);
  if (!found.ok) return found;
  return account.file.read(() => {
    const raw = account.sql('SELECT content FROM message WHERE id = ?').get(messageId(found.value, args.uid));
    return raw === undefined
      ? err({ code: 'not-found', what: 'message' })
      : readStoredBody(account, Number(raw.content));
  });
}

/** What a view lacks. Arrivals are found from the end, for they ascend with the UID; the rest by the index of changes. */
export function since(
  account: AccountFile,
  args: { readonly mailbox: MailboxId; readonly modseq: number },
): Answer<MailboxChanges> {
  const mailbox = account.mailboxes.get(args.mailbox);
  if (mailbox === undefined) {
    const highestModSeq = (counterOf(account, 0).next - 1) as ModSeq;
    return ok({ highestModSeq, uidNext: 1, changed: [], vanished: [], keywords: [], gone: true });
  }
  return readSliced(account, function* (): Slices<Result<MailboxChanges, Trouble>> {
    const { next, modseq } = mailbox.counter;
    const changed = modseq > args.modseq ? yield* changedSince(account, mailbox, args.modseq) : [];
    const vanished = modseq > args.modseq ? vanishedSince(account, mailbox, args.modseq) : [];
    return ok({
      highestModSeq: modseq as ModSeq,
      uidNext: next,
      changed,
      vanished,
      keywords: mailbox.keywords,
      gone: false,
    });
  });
}

type Changed = MailboxChanges['changed'][number];

interface BriefRow {
  readonly uid: number;
  readonly flags: number;
  readonly modseq: number;
}

function* changedSince(
  account: AccountFile,
  mailbox: MailboxState,
  modseq: number,
): Slices<readonly Changed[]> {
  const changed = new Map<number, Changed>();
  const take = ({ uid, flags, modseq: at }: BriefRow): void => {
    changed.set(uid, { uid: uid as Uid, flags, modseq: at as ModSeq });
  };
  const start = messageId(mailbox, 0);
  const index = 'SELECT id, flags, modseq FROM message WHERE id >> 32 = ? AND modseq > ? AND modseq <> born';
  for (const [id, flags, at] of account.cells(index).all(mailbox.number, modseq)) {
    take({ uid: Number(id) - start, flags: Number(flags), modseq: Number(at) });
    yield;
  }
  for (const row of arrivedSince(account, mailbox, modseq)) {
    take(row);
    yield;
  }
  return [...changed.values()].sort((a, b) => a.uid - b.uid);
}

function* arrivedSince(account: AccountFile, mailbox: MailboxState, modseq: number): Generator<BriefRow> {
  const page = account.sql(
    'SELECT id, flags, modseq, born FROM message WHERE id > ? AND id < ? ORDER BY id DESC LIMIT 256',
  );
  const start = messageId(mailbox, 0);
  for (let before = messageId(mailbox, 2 ** 32 - 1) + 1; ;) {
    const rows = page.all(start, before);
    for (const row of rows) {
      if (Number(row.born) <= modseq) return;
      yield { uid: Number(row.id) - start, flags: Number(row.flags), modseq: Number(row.modseq) };
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    before = Number(last.id);
  }
}

function vanishedSince(account: AccountFile, mailbox: MailboxState, modseq: number): readonly Uid[] {
  const rows = account
    .sql('SELECT first, last FROM vanished WHERE mailbox = ? AND modseq > ?')
    .all(mailbox.number, modseq);
  const uids: number[] = [];
  for (const row of rows) for (let uid = Number(row.first); uid <= Number(row.last); uid += 1) uids.push(uid);
  return uids.sort((a, b) => a - b) as Uid[];
}
