import type { BlobId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { MessageSummary } from '#mail/summary.ts';
import type { MessageBody, NewMessage } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { CellPlace } from '#store/sealing/record-sealer.ts';
import type { AccountFile } from './account-file.ts';
import { fencedTrouble } from './sqlite-trouble.ts';

/** A body as its row holds it: the whole message, or what leads to its file. */
export type StoredBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'blob';
      readonly id: BlobId;
      readonly key: Uint8Array;
      readonly sizeBytes: number;
      readonly prefix: Uint8Array;
    };

/**
 * A message on its way to or from a storage thread. Its summary travels as the JSON that is sealed: cloning the tree
 * would cost more than making or reading the text once.
 */
export interface MovedMessage {
  readonly prefix: Uint8Array;
  readonly body: MessageBody;
  readonly summaryJson: string;
  readonly sizeBytes: number;
  readonly internalDateMs: number;
  readonly flags: readonly string[];
}

export function movedMessage({ prefix, body, summary, internalDateMs, flags }: NewMessage): MovedMessage {
  const { sizeBytes } = summary;
  const moved = body.kind === 'bytes' ? { ...body, bytes: ownBytes(body.bytes) } : body;
  const summaryJson = JSON.stringify(summary);
  return { prefix: ownBytes(prefix), body: moved, summaryJson, sizeBytes, internalDateMs, flags };
}

/** A view is cloned with all the memory it looks into: of a slice of Node's pool that would be 64 KiB. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > 2 * bytes.byteLength ? Uint8Array.from(bytes) : bytes;
}

/** Sealed bodies show their length, so they are filled up to a multiple of this. */
const paddingBytes = 128;
const headBytes = 5;
const kinds = { bytes: 0, blob: 1 } as const;

const place = (column: 'summary' | 'body', id: number): CellPlace => ({
  table: 'content',
  column,
  record: String(id),
});

export function writeContent(account: AccountFile, id: number, message: MovedMessage): void {
  const { sealer, sql } = account;
  const summary = sealer.seal(place('summary', id), padded(kinds.bytes, Buffer.from(message.summaryJson)));
  sql('INSERT INTO content(id, summary, body) VALUES (?, ?, ?)').run(
    id,
    summary,
    sealer.seal(place('body', id), packBody(message)),
  );
  if (message.body.kind === 'blob')
    sql('INSERT INTO blob(content, id) VALUES (?, ?)').run(id, message.body.id);
}

export function readSummary(account: AccountFile, id: number): Result<MessageSummary, Trouble> {
  const json = readSummaryJson(account, id);
  return json.ok ? ok(JSON.parse(json.value) as MessageSummary) : json;
}

export function readSummaryJson(account: AccountFile, id: number): Result<string, Trouble> {
  const opened = openCell(account, id, 'summary');
  if (!opened.ok) return opened;
  const { bytes } = opened.value;
  return ok(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
}

export function readStoredBody(account: AccountFile, id: number): Result<StoredBody, Trouble> {
  const opened = openCell(account, id, 'body');
  if (!opened.ok) return opened;
  const { kind, bytes } = opened.value;
  return ok(kind === kinds.bytes ? { kind: 'bytes', bytes } : unpackBlob(bytes));
}

function openCell(
  account: AccountFile,
  id: number,
  column: 'summary' | 'body',
): Result<{ readonly kind: number; readonly bytes: Uint8Array }, Trouble> {
  const row = account.sql(`SELECT ${column} AS sealed FROM content WHERE id = ?`).get(id);
  const sealed = row?.sealed;
  if (!(sealed instanceof Uint8Array))
    return err(fencedTrouble(account.file.path, `content ${id} is missing`));
  const plain = account.sealer.open(place(column, id), sealed);
  if (!plain.ok) return err(fencedTrouble(account.file.path, `content ${id} does not open (${plain.error})`));
  return ok(unpadded(plain.value));
}

function packBody({ prefix, body }: Pick<MovedMessage, 'prefix' | 'body'>): Uint8Array {
  if (body.kind === 'bytes') return padded(kinds.bytes, prefix, body.bytes);
  const reference = JSON.stringify({
    id: body.id,
    key: Buffer.from(body.key).toString('base64'),
    sizeBytes: body.sizeBytes,
  });
  const head = Buffer.alloc(4);
  head.writeUInt32BE(Buffer.byteLength(reference));
  return padded(kinds.blob, head, Buffer.from(reference), prefix);
}

function unpackBlob(packed: Uint8Array): StoredBody {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.length);
  const end = 4 + bytes.readUInt32BE(0);
  const reference = JSON.parse(bytes.toString('utf8', 4, end)) as {
    id: BlobId;
    key: string;
    sizeBytes: number;
  };
  const key = new Uint8Array(Buffer.from(reference.key, 'base64'));
  return {
    kind: 'blob',
    id: reference.id,
    key,
    sizeBytes: reference.sizeBytes,
    prefix: packed.subarray(end),
  };
}

/** kind 1 · length 4 · bytes · zeros */
function padded(kind: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const packed = Buffer.alloc(Math.ceil((headBytes + length) / paddingBytes) * paddingBytes);
  packed[0] = kind;
  packed.writeUInt32BE(length, 1);
  let at = headBytes;
  for (const part of parts) {
    packed.set(part, at);
    at += part.length;
  }
  return packed;
}

function unpadded(packed: Uint8Array): { readonly kind: number; readonly bytes: Uint8Array } {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  return { kind: view.getUint8(0), bytes: packed.subarray(headBytes, headBytes + view.getUint32(1)) };
}
