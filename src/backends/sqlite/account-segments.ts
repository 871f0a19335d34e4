import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ok } from '#base/result.ts';
import type { SearchText } from '#store/search-query.ts';
import type { CellPlace } from '#store/sealing/record-sealer.ts';
import { DamageError } from './account-file.ts';
import type { AccountFile, MailboxState } from './open-account.ts';
import { existingRows, isThere, messageId, rowsFrom } from './account-rows.ts';
import type { Row } from './account-rows.ts';
import { changeNow } from './account-transaction.ts';

/*
 * Search segments (STORAGE §5): the folded text of up to 256 messages or 1 MiB, compressed and sealed, made in idle time.
 * Plain form: count 4 · per message: uid 4, header bytes 4, body bytes 4 · then the texts. Headers are lines `name: value`.
 */

export const segmentMessagesMax = 256;
/** Half of what STORAGE §5 allows, so that compressing one stays within a slice. */
export const segmentBytesMax = 524_288;

export interface Segment {
  readonly id: number;
  readonly last: number;
}

interface SegmentText {
  readonly uid: number;
  readonly header: Uint8Array;
  readonly body: Uint8Array;
}

const uidRange = 2 ** 32;
const entryBytes = 12;

export function segmentsOf(account: AccountFile, mailbox: MailboxState): readonly Segment[] {
  const rows = account.sql('SELECT id, last FROM segment WHERE id >= ? AND id < ? ORDER BY id');
  return rows
    .all(messageId(mailbox, 0), messageId(mailbox, 0) + uidRange)
    .map((row) => ({ id: Number(row.id), last: Number(row.last) }));
}

/** The texts of a segment by UID, each decoded when it is asked for; none if it was rewritten meanwhile. */
export function readSegment(account: AccountFile, id: number): ReadonlyMap<number, () => SearchText> {
  return new Map(openSegment(account, id).map((text) => [text.uid, () => searchTextOf(text)]));
}

function searchTextOf({ header, body }: SegmentText): SearchText {
  const lines = Buffer.from(header.buffer, header.byteOffset, header.length).toString('utf8');
  const headers = lines === '' ? [] : lines.split('\n').map(splitField);
  return { headers, body: Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8') };
}

function splitField(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1)];
}

function openSegment(account: AccountFile, id: number): readonly SegmentText[] {
  const sealed = account.sql('SELECT text FROM segment WHERE id = ?').get(id)?.text;
  if (sealed === undefined) return [];
  const plain = sealed instanceof Uint8Array ? account.sealer.open(segmentPlace(id), sealed) : undefined;
  if (plain?.ok !== true) throw new DamageError(`segment ${id} does not open`);
  return unpack(inflateRawSync(plain.value));
}

const segmentPlace = (id: number): CellPlace => ({ table: 'segment', column: 'text', record: String(id) });

function pack(texts: readonly SegmentText[]): Buffer {
  const head = Buffer.alloc(4 + texts.length * entryBytes);
  head.writeUInt32BE(texts.length);
  for (const [at, { uid, header, body }] of texts.entries()) {
    head.writeUInt32BE(uid, 4 + at * entryBytes);
    head.writeUInt32BE(header.length, 8 + at * entryBytes);
    head.writeUInt32BE(body.length, 12 + at * entryBytes);
  }
  return Buffer.concat([head, ...texts.flatMap(({ header, body }) => [header, body])]);
}

function unpack(packed: Buffer): readonly SegmentText[] {
  const count = packed.readUInt32BE(0);
  const texts: SegmentText[] = [];
  let start = 4 + count * entryBytes;
  for (let at = 0; at < count; at += 1) {
    const entry = 4 + at * entryBytes;
    const headerEnd = start + packed.readUInt32BE(entry + 4);
    const bodyEnd = headerEnd + packed.readUInt32BE(entry + 8);
    texts.push({
      uid: packed.readUInt32BE(entry),
      header: packed.subarray(start, headerEnd),
      body: packed.subarray(headerEnd, bodyEnd),
    });
    start = bodyEnd;
  }
  return texts;
}

/** Text to bytes, for a segment or for the text of a large body. */
function packText(uid: number, { headers, body }: SearchText): SegmentText {
  const header = headers.map(([name, value]) => `${name}:${value}`).join('\n');
  return { uid, header: Buffer.from(header), body: Buffer.from(body) };
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
  const [text] = unpack(inflateRawSync(plain.value));
  return text === undefined ? undefined : searchTextOf(text);
}

/** Keeps the text of a body that is a file, so that it is read once only. Nothing if the message went meanwhile. */
export function writeLargeText(
  account: AccountFile,
  content: number,
  text: SearchText,
): ReturnType<typeof changeNow<void>> {
  return changeNow(account, [], () => {
    if (account.sql('SELECT 1 FROM content WHERE id = ?').get(content) === undefined) return ok(undefined);
    const sealed = account.sealer.seal(
      largePlace(content),
      deflateRawSync(pack([packText(0, text)]), { level: 1 }),
    );
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
  const texts = openSegment(account, segment.id);
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
      bytes += packed.header.length + packed.body.length;
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
  const sealed = account.sealer.seal(segmentPlace(id), deflateRawSync(pack(kept), { level: 1 }));
  account
    .sql('INSERT OR REPLACE INTO segment(id, last, stale, text) VALUES (?, ?, 0, ?)')
    .run(id, last, sealed);
}
