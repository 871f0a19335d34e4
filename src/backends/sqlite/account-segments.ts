import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ok } from '#base/result.ts';
import type { SearchText } from '#store/search-query.ts';
import type { SearchSieve, TextPool } from '#store/search-sieve.ts';
import type { CellPlace } from '#store/sealing/sealed-record.ts';
import { DamageError } from './account-file.ts';
import type { AccountFile, MailboxState, SegmentTexts } from './open-account.ts';
import { existingRows, isThere, messageId, rowsFrom } from './account-rows.ts';
import type { Row } from './account-rows.ts';
import { changeNow } from './account-transaction.ts';

/*
 * Search segments (STORAGE §5): the folded text of up to 256 messages or 1 MiB, compressed and sealed, made in idle time.
 * Headers and bodies are two cells, for most searches want the former only. Plain form of a cell: count 4 · per message:
 * uid 4, bytes 4 · then the texts. Headers are lines `name:value`.
 */

export const segmentMessagesMax = 256;
/** Half of what STORAGE §5 allows, so that compressing one stays within a slice. */
export const segmentBytesMax = 524_288;

export interface Segment {
  readonly id: number;
  readonly last: number;
}

type Cell = 'head' | 'body';

interface CellText {
  readonly uid: number;
  readonly text: Buffer;
}

interface SegmentText {
  readonly uid: number;
  readonly head: Buffer;
  readonly body: Buffer;
}

const uidRange = 2 ** 32;
const entryBytes = 8;

export function segmentsOf(account: AccountFile, mailbox: MailboxState): readonly Segment[] {
  const rows = account.sql('SELECT id, last FROM segment WHERE id >= ? AND id < ? ORDER BY id');
  return rows
    .all(messageId(mailbox, 0), messageId(mailbox, 0) + uidRange)
    .map((row) => ({ id: Number(row.id), last: Number(row.last) }));
}

/** A segment while it is searched; each cell is opened when it is first asked for. */
export interface OpenSegment {
  /** All its texts together. */
  readonly pool: TextPool;
  /** Of the messages whose text it holds, ascending, those that the sieve lets through. */
  sifted(sieve: SearchSieve): readonly number[];
  /** Does it hold the text of each message between its first and its last? */
  isComplete(mailbox: MailboxState): boolean;
  /** `undefined` if it has none of this message. */
  textOf(uid: number): SearchText | undefined;
}

export function openSegment(account: AccountFile, { id, last }: Segment): OpenSegment {
  const cells: Partial<Record<Cell, SegmentTexts>> = {};
  const cellOf = (cell: Cell): SegmentTexts =>
    (cells[cell] ??= cell === 'head' ? keptHead(account, id) : openCell(account, id, cell));
  const poolOf = (part: (cell: SegmentTexts) => Buffer): TextPool => ({
    head: (folded) => part(cellOf('head')).includes(folded),
    body: (folded) => part(cellOf('body')).includes(folded),
  });
  return {
    pool: poolOf(({ all }) => all),
    sifted: (sieve) =>
      [...cellOf('head').texts.keys()].filter((uid) =>
        sieve(poolOf(({ texts }) => texts.get(uid) ?? noText)),
      ),
    isComplete(mailbox) {
      // What was taken out of the mailbox and what has no text might make up for each other in the counts.
      if (isStale(account, id)) return false;
      return countRows(account, id, messageId(mailbox, last)) === cellOf('head').texts.size;
    },
    textOf(uid) {
      const head = cellOf('head').texts.get(uid);
      return head && searchTextOf(head, () => cellOf('body').texts.get(uid) ?? noText);
    },
  };
}

const noText = Buffer.alloc(0);

function isStale(account: AccountFile, id: number): boolean {
  return account.sql('SELECT stale FROM segment WHERE id = ?').get(id)?.stale !== 0;
}

function countRows(account: AccountFile, first: number, last: number): number {
  return Number(
    account.sql('SELECT count(*) AS n FROM message WHERE id >= ? AND id <= ?').get(first, last)?.n,
  );
}

function searchTextOf(head: Buffer, body: () => Buffer): SearchText {
  const lines = head.toString('utf8');
  return {
    get headers() {
      return lines === '' ? [] : lines.split('\n').map(splitField);
    },
    get body() {
      return body().toString('utf8');
    },
    mayHold: (value) => lines.includes(value),
  };
}

function splitField(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1)];
}

/** Beside the texts: a view into them for each message. */
const textOverheadBytes = 256;

/** Headers are small and most searches want them; they are kept until the account is left alone. */
function keptHead(account: AccountFile, id: number): SegmentTexts {
  const known = account.heads.get(id);
  if (known !== undefined) return known;
  const opened = openCell(account, id, 'head');
  account.heads.put(id, opened, opened.all.buffer.byteLength + opened.texts.size * textOverheadBytes);
  return opened;
}

/** No texts if the segment was rewritten meanwhile and nothing of it is left. */
function openCell(account: AccountFile, id: number, cell: Cell): SegmentTexts {
  const sealed = account.sql(`SELECT ${cell} AS sealed FROM segment WHERE id = ?`).get(id)?.sealed;
  if (sealed === undefined) return { all: noText, texts: new Map() };
  const plain =
    sealed instanceof Uint8Array ? account.sealer.open(segmentPlace(id, cell), sealed) : undefined;
  if (plain?.ok !== true) throw new DamageError(`segment ${id} does not open`);
  const packed = inflateRawSync(plain.value);
  const texts = unpack(packed);
  const start = packed.length - texts.reduce((sum, { text }) => sum + text.length, 0);
  return { all: packed.subarray(start), texts: new Map(texts.map(({ uid, text }) => [uid, text])) };
}

const segmentPlace = (id: number, cell: Cell): CellPlace => ({
  table: 'segment',
  column: cell,
  record: String(id),
});

function pack(texts: readonly CellText[]): Buffer {
  const head = Buffer.alloc(4 + texts.length * entryBytes);
  head.writeUInt32BE(texts.length);
  for (const [at, { uid, text }] of texts.entries()) {
    head.writeUInt32BE(uid, 4 + at * entryBytes);
    head.writeUInt32BE(text.length, 8 + at * entryBytes);
  }
  return Buffer.concat([head, ...texts.map(({ text }) => text)]);
}

function unpack(packed: Buffer): readonly CellText[] {
  const count = packed.readUInt32BE(0);
  const texts: CellText[] = [];
  let start = 4 + count * entryBytes;
  for (let at = 0; at < count; at += 1) {
    const entry = 4 + at * entryBytes;
    const end = start + packed.readUInt32BE(entry + 4);
    texts.push({ uid: packed.readUInt32BE(entry), text: packed.subarray(start, end) });
    start = end;
  }
  return texts;
}

/** Text to bytes, for a segment or for the text of a large body. */
function packText(uid: number, { headers, body }: SearchText): SegmentText {
  const head = headers.map(([name, value]) => `${name}:${value}`).join('\n');
  return { uid, head: Buffer.from(head), body: Buffer.from(body) };
}

const largePlace = (content: number): CellPlace => ({
  table: 'large_text',
  column: 'text',
  record: String(content),
});

export function openLargeText(account: AccountFile, content: number): SearchText | undefined {
  const sealed = account.sql('SELECT text FROM large_text WHERE content = ?').get(content)?.text;
  if (!(sealed instanceof Uint8Array)) return undefined;
  const plain = account.sealer.open(largePlace(content), sealed);
  if (!plain.ok) throw new DamageError(`text ${content} does not open`);
  const [head, body] = unpack(inflateRawSync(plain.value));
  return head === undefined || body === undefined ? undefined : searchTextOf(head.text, () => body.text);
}

/** Keeps the text of a body that is a file, so that it is read once only. Nothing if the message went meanwhile. */
export function writeLargeText(
  account: AccountFile,
  content: number,
  text: SearchText,
): ReturnType<typeof changeNow<void>> {
  return changeNow(account, [], () => {
    if (account.sql('SELECT 1 FROM content WHERE id = ?').get(content) === undefined) return ok(undefined);
    const { head, body } = packText(0, text);
    const packed = pack([head, body].map((bytes) => ({ uid: 0, text: bytes })));
    const sealed = account.sealer.seal(largePlace(content), deflateRawSync(packed, { level: 1 }));
    account.sql('INSERT OR REPLACE INTO large_text(content, text) VALUES (?, ?)').run(content, sealed);
    return ok(undefined);
  });
}

/** Text of a row, or `undefined` while it is not at hand. */
export type TextOf = (account: AccountFile, content: number) => SearchText | undefined;

/** How many messages must stand outside segments before a new one is made. */
const tailMessagesMin = 64;

/**
 * Idle work on one mailbox: rewrites a segment that holds text of messages that went, or makes the next from the tail.
 * Gives way after each message; `true` if there may be more to do.
 */
export function* tendSegments(
  account: AccountFile,
  mailbox: MailboxState,
  text: TextOf,
): Generator<void, boolean> {
  const stale = account
    .sql('SELECT id, last FROM segment WHERE stale = 1 AND id >= ? AND id < ? LIMIT 1')
    .get(messageId(mailbox, 0), messageId(mailbox, 0) + uidRange);
  if (stale !== undefined) {
    rewriteSegment(account, mailbox, { id: Number(stale.id), last: Number(stale.last) });
    return true;
  }
  return yield* extendSegments(account, mailbox, text);
}

function rewriteSegment(account: AccountFile, mailbox: MailboxState, segment: Segment): void {
  const bodies = openCell(account, segment.id, 'body').texts;
  const texts = Array.from(openCell(account, segment.id, 'head').texts, ([uid, head]) => ({
    uid,
    head,
    body: bodies.get(uid) ?? noText,
  }));
  account.heads.forget([segment.id]);
  changeNow(account, [], () => {
    account.sql('DELETE FROM segment WHERE id = ?').run(segment.id);
    writeSegment(account, mailbox, { ...segment, texts });
    return ok(undefined);
  });
}

function* extendSegments(
  account: AccountFile,
  mailbox: MailboxState,
  text: TextOf,
): Generator<void, boolean> {
  const covered = segmentsOf(account, mailbox).at(-1)?.last ?? 0;
  if (mailbox.counter.next - covered <= tailMessagesMin) return false;
  const texts: SegmentText[] = [];
  let bytes = 0;
  let last = covered;
  for (const row of rowsFrom(account, mailbox, covered + 1)) {
    const packed = packRow(account, mailbox, { row, text });
    last = row.uid;
    if (packed !== undefined) {
      texts.push(packed);
      bytes += packed.head.length + packed.body.length;
    }
    if (texts.length >= segmentMessagesMax || bytes >= segmentBytesMax) break;
    yield;
  }
  const [first] = texts;
  if (first === undefined || texts.length < tailMessagesMin) return false;
  const written = changeNow(account, [], () => {
    writeSegment(account, mailbox, { id: messageId(mailbox, first.uid), last, texts });
    return ok(undefined);
  });
  return written.ok;
}

function packRow(
  account: AccountFile,
  mailbox: MailboxState,
  { row, text }: { readonly row: Row; readonly text: TextOf },
): SegmentText | undefined {
  // Its page was read before others had the file.
  if (!isThere(account, mailbox, row)) return undefined;
  const found = text(account, row.content);
  return found === undefined ? undefined : packText(row.uid, found);
}

/** Only of messages that are there now: some may have gone while their text was taken out. */
function writeSegment(
  account: AccountFile,
  mailbox: MailboxState,
  { id, last, texts }: Segment & { readonly texts: readonly SegmentText[] },
): void {
  const rows = existingRows(
    account,
    mailbox,
    texts.map(({ uid }) => uid),
  );
  const left = new Set([...rows].map(({ uid }) => uid));
  const kept = texts.filter(({ uid }) => left.has(uid));
  if (kept.length === 0) return;
  account.heads.forget([id]);
  const sealed = (cell: Cell): Uint8Array => {
    const packed = pack(kept.map((text) => ({ uid: text.uid, text: text[cell] })));
    return account.sealer.seal(segmentPlace(id, cell), deflateRawSync(packed, { level: 1 }));
  };
  account
    .sql('INSERT OR REPLACE INTO segment(id, last, stale, head, body) VALUES (?, ?, 0, ?, ?)')
    .run(id, last, sealed('head'), sealed('body'));
}
