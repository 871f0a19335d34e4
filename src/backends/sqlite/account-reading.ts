import type { MailboxId } from '#base/id.ts';
import type { MessageSummary } from '#mail/summary.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type {
  MailboxChanges,
  MailboxSnapshot,
  MessageRow,
  ModSeq,
  Need,
  Uid,
} from '#store/contract/messages.ts';
import { inlineBodyBytesMax } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { readStoredBody, readSummaryJson } from './account-content.ts';
import type { StoredBody } from './account-content.ts';
import { counterOf } from './account-file.ts';
import type { AccountFile, MailboxState } from './account-file.ts';
import { existingRows, findMailbox, messageId, rowOf } from './account-rows.ts';
import type { Row } from './account-rows.ts';
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

export function select(account: AccountFile, args: { readonly mailbox: MailboxId }): Answer<MailboxSnapshot> {
  const found = findMailbox(account, args.mailbox);
  if (!found.ok) return found;
  const mailbox = found.value;
  return readSliced(account, function* (): Slices<Result<MailboxSnapshot, Trouble>> {
    const { messages } = mailbox.counter;
    const uids = new Uint32Array(messages);
    const flags = new Uint32Array(messages);
    const modseqs = new Float64Array(messages);
    let at = 0;
    for (const row of briefRows(account, mailbox)) {
      uids[at] = row.uid;
      flags[at] = row.flags;
      modseqs[at] = row.modseq;
      at += 1;
      yield;
    }
    if (at !== messages)
      return err({ code: 'fenced', file: account.file.path, detail: 'a mailbox and its count differ' });
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

interface BriefRow {
  readonly uid: number;
  readonly flags: number;
  readonly modseq: number;
}

const briefPage = 1024;

function* briefRows(account: AccountFile, mailbox: MailboxState): Generator<BriefRow> {
  const page = account.sql(
    'SELECT id, flags, modseq FROM message WHERE id > ? AND id < ? ORDER BY id LIMIT ?',
  );
  const start = messageId(mailbox, 0);
  const end = messageId(mailbox, 2 ** 32 - 1) + 1;
  for (let after = start; ;) {
    const rows = page.all(after, end, briefPage);
    for (const row of rows)
      yield { uid: Number(row.id) - start, flags: Number(row.flags), modseq: Number(row.modseq) };
    if (rows.length < briefPage) return;
    after = Number(rows.at(-1)?.id);
  }
}

export interface ReadArgs {
  readonly mailbox: MailboxId;
  readonly uids: readonly number[];
  readonly needs: ReadonlySet<Need>;
  readonly limit: number;
}

/** Rows in one `read`. */
const rowsMax = 256;
/** What was opened for one `read` in all, its last row apart: summaries and headers may be very large (S-09). */
export const readBytesMax = 2 * 1_048_576;

/** A row, and what leads to the file of a large body whose headers are wanted: the caller reads them. */
export interface ReadRow {
  readonly row: Omit<MessageRow, 'summary'>;
  readonly summaryJson: string | undefined;
  readonly large: { readonly body: StoredBody & { kind: 'blob' }; readonly headerEnd: number } | undefined;
}

export function read(
  account: AccountFile,
  { mailbox: id, uids, needs, limit }: ReadArgs,
): Answer<readonly ReadRow[]> {
  const found = findMailbox(account, id);
  if (!found.ok) return found;
  return readSliced(account, function* (): Slices<Result<readonly ReadRow[], Trouble>> {
    const rows: Row[] = [];
    for (const row of existingRows(account, found.value, uids)) {
      if (rows.push(row) >= Math.min(limit, rowsMax)) break;
    }
    const sizes = account.sizes.show(rows);
    const answers: ReadRow[] = [];
    let bytes = 0;
    for (const [at, row] of rows.entries()) {
      const answer = messageRow(account, { row, sizeBytes: sizes[at] ?? 0, needs });
      if (!answer.ok) return answer;
      answers.push(answer.value);
      bytes += bytesOf(answer.value);
      if (bytes >= readBytesMax) break;
      yield;
    }
    return ok(answers);
  });
}

function bytesOf({ row, summaryJson = '', large }: ReadRow): number {
  return summaryJson.length + (row.headers?.length ?? 0) + (row.body?.length ?? 0) + (large?.headerEnd ?? 0);
}

interface RowWish {
  readonly row: Row;
  readonly sizeBytes: number;
  readonly needs: ReadonlySet<Need>;
}

function messageRow(account: AccountFile, { row, sizeBytes, needs }: RowWish): Result<ReadRow, Trouble> {
  const wantsBody = needs.has('body') && sizeBytes <= inlineBodyBytesMax;
  const wantsHeaders = needs.has('headers');
  const json = needs.has('summary') || wantsHeaders ? readSummaryJson(account, row.content) : ok(undefined);
  if (!json.ok) return json;
  const body = wantsBody || wantsHeaders ? readStoredBody(account, row.content) : ok(undefined);
  if (!body.ok) return body;
  const headerEnd = wantsHeaders && json.value !== undefined ? headerEndOf(json.value) : 0;
  const bytes = body.value?.kind === 'bytes' ? body.value.bytes : undefined;
  return ok({
    row: {
      uid: row.uid as Uid,
      modseq: row.modseq as ModSeq,
      flags: row.flags,
      internalDateMs: row.internal,
      sizeBytes,
      emailId: row.email,
      savedAtMs: row.saved,
      headers: wantsHeaders ? bytes?.slice(0, headerEnd) : undefined,
      body: wantsBody ? bytes?.slice() : undefined,
    },
    summaryJson: needs.has('summary') ? json.value : undefined,
    large: wantsHeaders && body.value?.kind === 'blob' ? { body: body.value, headerEnd } : undefined,
  });
}

function headerEndOf(summaryJson: string): number {
  return (JSON.parse(summaryJson) as MessageSummary).structure.header.end;
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

function* changedSince(
  account: AccountFile,
  mailbox: MailboxState,
  modseq: number,
): Slices<readonly Changed[]> {
  const changed = new Map<number, Changed>();
  const take = ({ uid, flags, modseq: at }: BriefRow): void => {
    changed.set(uid, { uid: uid as Uid, flags, modseq: at as ModSeq });
  };
  const index = 'SELECT id, flags, modseq FROM message WHERE id >> 32 = ? AND modseq > ? AND modseq <> born';
  for (const raw of account.sql(index).all(mailbox.number, modseq)) {
    take({ uid: rowOf(raw).uid, flags: Number(raw.flags), modseq: Number(raw.modseq) });
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
