import type { BlobId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { MessageSummary } from '#mail/summary.ts';
import type { MessageBody, NewMessage } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { CellPlace } from '#store/sealing/sealed-record.ts';
import { decodeSummary, encodeSummary } from '#store/summary-text.ts';
import type { AccountFile } from './open-account.ts';
import { fencedTrouble } from './sqlite-trouble.ts';

/** A body as its row holds it: the whole message, or what leads to its file. */
export type StoredBody = {
  /** Where the message's header ends, so that who wants the header need not open the summary. */
  readonly headerEnd: number;
} & (
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'blob';
      readonly id: BlobId;
      readonly key: Uint8Array;
      readonly sizeBytes: number;
      readonly prefix: Uint8Array;
    }
);

/**
 * A message on its way to a storage thread. Its summary travels as the text that is sealed: cloning the tree would cost
 * more than making or reading the text once.
 */
export interface MovedMessage {
  /** A character for each byte: of so few bytes a text costs less. */
  readonly prefix: string;
  readonly body: Uint8Array | MovedBlob;
  readonly summaryText: string;
  readonly headerEnd: number;
  readonly sizeBytes: number;
  readonly internalDateMs: number;
}

type MovedBlob = Extract<MessageBody, { readonly kind: 'blob' }>;

export function movedMessage({ prefix, body, summary, internalDateMs }: NewMessage): MovedMessage {
  return {
    prefix: Buffer.from(prefix.buffer, prefix.byteOffset, prefix.length).toString('latin1'),
    body: body.kind === 'bytes' ? ownBytes(body.bytes) : body,
    summaryText: encodeSummary(summary),
    headerEnd: summary.structure.header.end,
    sizeBytes: summary.sizeBytes,
    internalDateMs,
  };
}

/** A view is cloned with all the memory it looks into: of a slice of Node's pool that would be 64 KiB. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > 2 * bytes.byteLength ? Uint8Array.from(bytes) : bytes;
}

/** Sealed cells show their length, so they are filled up to a multiple of this. */
const paddingBytes = 128;
const lengthBytes = 4;
/** Of a body: kind 1, header end 4. */
const bodyHeadBytes = 5;
const kinds = { bytes: 0, blob: 1 } as const;
/** Of what leads to a file: its length. */
const referenceHeadBytes = 4;

const place = (column: 'summary' | 'body', id: number): CellPlace => ({
  table: 'content',
  column,
  record: String(id),
});

export function writeContent(account: AccountFile, id: number, message: MovedMessage): void {
  const { sealer, sql } = account;
  sql('INSERT INTO content(id, summary, body) VALUES (?, ?, ?)').run(
    id,
    sealer.seal(place('summary', id), packSummary(message)),
    sealer.seal(place('body', id), packBody(message)),
  );
  if (!(message.body instanceof Uint8Array))
    sql('INSERT INTO blob(content, id) VALUES (?, ?)').run(id, message.body.id);
}

export function readSummary(account: AccountFile, id: number): Result<MessageSummary, Trouble> {
  const text = readSummaryText(account, id);
  return text.ok ? ok(decodeSummary(text.value)) : text;
}

export function readSummaryText(account: AccountFile, id: number): Result<string, Trouble> {
  const row = account.sql('SELECT summary FROM content WHERE id = ?').get(id);
  return openSummary(account, id, row?.summary);
}

export function readStoredBody(account: AccountFile, id: number): Result<StoredBody, Trouble> {
  const row = account.sql('SELECT body FROM content WHERE id = ?').get(id);
  return openBody(account, id, row?.body);
}

/** @param sealed the cell as a statement gave it */
export function openSummary(account: AccountFile, id: number, sealed: unknown): Result<string, Trouble> {
  const opened = openCell(account, place('summary', id), sealed);
  if (!opened.ok) return opened;
  const { buffer, byteOffset, length } = opened.value;
  return ok(Buffer.from(buffer, byteOffset, length).toString('utf8'));
}

/** @param sealed the cell as a statement gave it */
export function openBody(account: AccountFile, id: number, sealed: unknown): Result<StoredBody, Trouble> {
  const opened = openCell(account, place('body', id), sealed);
  if (!opened.ok) return opened;
  const { buffer, byteOffset, length } = opened.value;
  const packed = Buffer.from(buffer, byteOffset, length);
  const headerEnd = packed.readUInt32BE(1);
  const rest = packed.subarray(bodyHeadBytes);
  return ok(
    packed[0] === kinds.bytes ? { kind: 'bytes', headerEnd, bytes: rest } : unpackBlob(rest, headerEnd),
  );
}

function openCell(account: AccountFile, cell: CellPlace, sealed: unknown): Result<Uint8Array, Trouble> {
  if (!(sealed instanceof Uint8Array))
    return err(fencedTrouble(account.file.path, `content ${cell.record} is missing`));
  const plain = account.sealer.open(cell, sealed);
  return plain.ok
    ? ok(unpadded(plain.value))
    : err(fencedTrouble(account.file.path, `content ${cell.record} does not open (${plain.error})`));
}

function packSummary({ summaryText }: MovedMessage): Uint8Array {
  const packed = padded(Buffer.byteLength(summaryText));
  packed.write(summaryText, lengthBytes);
  return packed;
}

function packBody({ prefix, body, headerEnd }: MovedMessage): Uint8Array {
  const isBytes = body instanceof Uint8Array;
  const rest = isBytes ? body : packReference(body);
  const packed = padded(bodyHeadBytes + prefix.length + rest.length);
  packed[lengthBytes] = isBytes ? kinds.bytes : kinds.blob;
  packed.writeUInt32BE(headerEnd, lengthBytes + 1);
  const start = lengthBytes + bodyHeadBytes;
  // The prefix stands before a body, but behind what only leads to one.
  packed.write(prefix, isBytes ? start : start + rest.length, 'latin1');
  packed.set(rest, isBytes ? start + prefix.length : start);
  return packed;
}

/** length 4 · JSON */
function packReference({ id, key, sizeBytes }: MovedBlob): Uint8Array {
  const text = JSON.stringify({ id, key: Buffer.from(key).toString('base64'), sizeBytes });
  const packed = Buffer.alloc(referenceHeadBytes + Buffer.byteLength(text));
  packed.writeUInt32BE(packed.length - referenceHeadBytes);
  packed.write(text, referenceHeadBytes);
  return packed;
}

function unpackBlob(packed: Buffer, headerEnd: number): StoredBody {
  const end = referenceHeadBytes + packed.readUInt32BE(0);
  const reference = JSON.parse(packed.toString('utf8', referenceHeadBytes, end)) as {
    id: BlobId;
    key: string;
    sizeBytes: number;
  };
  const { id, sizeBytes } = reference;
  const key = new Uint8Array(Buffer.from(reference.key, 'base64'));
  return { kind: 'blob', headerEnd, id, key, sizeBytes, prefix: packed.subarray(end) };
}

/** length 4 · so many bytes, which the caller writes · zeros */
function padded(length: number): Buffer {
  const packed = Buffer.allocUnsafeSlow(Math.ceil((lengthBytes + length) / paddingBytes) * paddingBytes);
  packed.writeUInt32BE(length);
  return packed.fill(0, lengthBytes + length);
}

function unpadded(packed: Uint8Array): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  return packed.subarray(lengthBytes, lengthBytes + view.getUint32(0));
}
