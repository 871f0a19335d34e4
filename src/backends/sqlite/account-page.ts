import type { MailboxId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { inlineBodyBytesMax } from '#store/contract/messages.ts';
import type { MessageRow, ModSeq, Need, Uid } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { decodeSummary } from '#store/summary-text.ts';
import { openBody, openSummary } from './account-content.ts';
import type { StoredBody } from './account-content.ts';
import type { Cells } from './cell-statement.ts';
import type { AccountFile } from './open-account.ts';
import { readSliced } from './account-reading.ts';
import { findMailbox, messageCells, rowColumns, rowOf } from './account-rows.ts';
import type { Row } from './account-rows.ts';
import type { Slices } from './account-transaction.ts';

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

/** Rows of one statement: where it brings bodies, about 1 MiB. */
const chunkRows = 64;
const chunkRowsOfBytes = 16;

/** The bytes of one message that lies in a file are the caller's to read. */
export interface LargeRow {
  readonly at: number;
  readonly body: StoredBody & { kind: 'blob' };
}

/**
 * Messages on their way from a storage thread: a few flat arrays and one piece of memory cross it at far less cost than
 * hundreds of objects.
 */
export interface ReadPage {
  /** Of each message in turn: uid, modseq, flags, internal date, save date, size. */
  readonly numbers: readonly number[];
  /** 26 characters each. */
  readonly emails: string;
  readonly summaries: readonly string[];
  /** Headers or whole messages, one after the other. */
  readonly bytes: Uint8Array;
  /** Of each message in turn: where its bytes and, in them, its header end. */
  readonly ends: readonly number[];
  readonly large: readonly LargeRow[];
}

const numbersEach = 6;
const endsEach = 2;
const emailCharacters = 26;
/** The cell behind those of the row. */
const firstSealed = 8;

export function read(
  account: AccountFile,
  { mailbox: id, uids: asked, needs, limit }: ReadArgs,
): Result<ReadPage, Trouble> | Promise<Result<ReadPage, Trouble>> {
  const found = findMailbox(account, id);
  if (!found.ok) return found;
  return readSliced(account, function* (): Slices<Result<ReadPage, Trouble>> {
    const wanted = Uint32Array.from(new Set(asked)).sort();
    const most = Math.min(limit, rowsMax);
    const gathered: GatheredPage = {
      numbers: [],
      emails: '',
      summaries: [],
      pieces: [],
      ends: [],
      large: [],
      sizeBytes: 0,
    };
    const select = selectOf(needs);
    const chunk = needsBytes(needs) ? chunkRowsOfBytes : chunkRows;
    for (let at = 0; at < wanted.length; at += chunk) {
      const left = most - gathered.numbers.length / numbersEach;
      const uids = wanted.subarray(at, at + chunk);
      const cells = messageCells(account, found.value, { uids, select }).slice(0, left);
      const rows = cells.map(rowOf);
      const sizes = account.sizes.show(rows);
      for (const [n, row] of rows.entries()) {
        const added = add(account, gathered, { cells: cells[n] ?? [], row, sizeBytes: sizes[n] ?? 0, needs });
        if (!added.ok) return added;
        if (gathered.sizeBytes >= readBytesMax) return ok(pageOf(gathered));
        yield;
      }
    }
    return ok(pageOf(gathered));
  });
}

/** A content that is missing must be found out rather than leave its message out. */
function selectOf(needs: ReadonlySet<Need>): string {
  const sealed = [...(needs.has('summary') ? ['c.summary'] : []), ...(needsBytes(needs) ? ['c.body'] : [])];
  if (sealed.length === 0) return `SELECT ${rowColumns} FROM message m`;
  return `SELECT ${rowColumns}, ${sealed.join(', ')} FROM message m LEFT JOIN content c ON c.id = m.content`;
}

function needsBytes(needs: ReadonlySet<Need>): boolean {
  return needs.has('headers') || needs.has('body');
}

interface GatheredPage {
  readonly numbers: number[];
  emails: string;
  readonly summaries: string[];
  readonly pieces: Uint8Array[];
  readonly ends: number[];
  readonly large: LargeRow[];
  /** Of summaries, headers and bodies together. */
  sizeBytes: number;
}

function pageOf({ numbers, emails, summaries, pieces, ends, large }: GatheredPage): ReadPage {
  return { numbers, emails, summaries, bytes: joined(pieces), ends, large };
}

interface RowWish {
  readonly cells: Cells;
  readonly row: Row;
  readonly sizeBytes: number;
  readonly needs: ReadonlySet<Need>;
}

function add(
  account: AccountFile,
  page: GatheredPage,
  { cells, row, sizeBytes, needs }: RowWish,
): Result<void, Trouble> {
  const at = page.numbers.length / numbersEach;
  page.numbers.push(row.uid, row.modseq, row.flags, row.internal, row.saved, sizeBytes);
  page.emails += row.email;
  if (needs.has('summary')) {
    const summary = openSummary(account, row.content, cells[firstSealed]);
    if (!summary.ok) return summary;
    page.summaries.push(summary.value);
    page.sizeBytes += summary.value.length;
  }
  if (!needsBytes(needs)) return ok(undefined);
  const body = openBody(account, row.content, cells.at(-1));
  if (!body.ok) return body;
  addBytes(page, body.value, { at, wholes: needs.has('body') && sizeBytes <= inlineBodyBytesMax });
  return ok(undefined);
}

function addBytes(
  page: GatheredPage,
  body: StoredBody,
  { at, wholes }: { readonly at: number; readonly wholes: boolean },
): void {
  const start = page.ends.at(-endsEach) ?? 0;
  if (body.kind === 'blob') {
    page.large.push({ at, body });
    page.sizeBytes += body.headerEnd;
    page.ends.push(start, start);
    return;
  }
  const bytes = wholes ? body.bytes : body.bytes.subarray(0, body.headerEnd);
  page.pieces.push(bytes);
  page.sizeBytes += bytes.length;
  page.ends.push(start + bytes.length, start + body.headerEnd);
}

/** In memory of its own, so that it can be moved to the other thread. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** The rows of a page as the contract has them; headers of large messages are still to be read from their files. */
export function rowsOfPage(page: ReadPage, needs: ReadonlySet<Need>): readonly MessageRow[] {
  const rows: MessageRow[] = [];
  const { numbers } = page;
  for (let at = 0; at * numbersEach < numbers.length; at += 1) {
    const n = at * numbersEach;
    const sizeBytes = numbers[n + 5] ?? 0;
    const summary = page.summaries[at];
    rows.push({
      uid: (numbers[n] ?? 0) as Uid,
      modseq: (numbers[n + 1] ?? 0) as ModSeq,
      flags: numbers[n + 2] ?? 0,
      internalDateMs: numbers[n + 3] ?? 0,
      savedAtMs: numbers[n + 4] ?? 0,
      sizeBytes,
      emailId: page.emails.slice(at * emailCharacters, (at + 1) * emailCharacters),
      summary: summary === undefined ? undefined : decodeSummary(summary),
      ...bytesOfRow(page, at, { needs, sizeBytes }),
    });
  }
  return rows;
}

function bytesOfRow(
  page: ReadPage,
  at: number,
  { needs, sizeBytes }: { readonly needs: ReadonlySet<Need>; readonly sizeBytes: number },
): Pick<MessageRow, 'headers' | 'body'> {
  const end = page.ends[at * endsEach];
  if (end === undefined || page.large.some((large) => large.at === at))
    return { headers: undefined, body: undefined };
  const start = page.ends[(at - 1) * endsEach] ?? 0;
  return {
    headers: needs.has('headers') ? page.bytes.subarray(start, page.ends[at * endsEach + 1]) : undefined,
    body: needs.has('body') && sizeBytes <= inlineBodyBytesMax ? page.bytes.subarray(start, end) : undefined,
  };
}
