import type { AccountId, MailboxId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { inlineBodyBytesMax } from '../contract/messages.ts';
import type { MailboxSnapshot, MessageRow, Messages, Need, SearchQuery } from '../contract/messages.ts';
import type { Trouble } from '../contract/trouble.ts';
import { matches, needsText, searchDepth, searchDepthMax } from '../search-query.ts';
import type { SearchText } from '../search-query.ts';
import { messageSearchText } from '../search-text.ts';
import { beyondLimit, notFound, troubleOfBlob } from '../trouble.ts';
import { existing } from './memory-account.ts';
import type { MemoryMailbox, MemoryMessage, MemoryWorld, Place } from './memory-account.ts';

export type Reading = Pick<Messages, 'select' | 'read' | 'body' | 'search'>;

/** Rows in one `read`. */
const rowsMax = 256;

export function createMemoryReading(
  world: MemoryWorld,
  place: (id: AccountId, mailbox: MailboxId) => Result<Place, Trouble>,
): Reading {
  return {
    async select(id, mailboxId) {
      const at = place(id, mailboxId);
      return at.ok ? ok(snapshotOf(at.value.mailbox)) : at;
    },
    async read(id, mailboxId, uids, needs, limit) {
      const at = place(id, mailboxId);
      if (!at.ok) return at;
      const messages = existing(at.value.mailbox, uids).slice(0, Math.min(limit, rowsMax));
      const rows: MessageRow[] = [];
      for (const message of messages) {
        const row = await rowOf(world, message, needs);
        if (!row.ok) return row;
        rows.push(row.value);
      }
      return ok(rows);
    },
    async *body(id, mailboxId, uid, range) {
      const at = place(id, mailboxId);
      const message = at.ok ? at.value.mailbox.messages.get(uid) : undefined;
      if (!at.ok) yield at;
      else if (message === undefined) yield notFound('message');
      else yield* bytesOf(world, message, range ?? { start: 0, end: message.summary.sizeBytes });
    },
    async search(id, mailboxId, query) {
      const at = place(id, mailboxId);
      if (!at.ok) return at;
      if (searchDepth(query) > searchDepthMax) return beyondLimit('search-depth', searchDepthMax);
      return search(world, at.value.mailbox, query);
    },
  };
}

function snapshotOf(mailbox: MemoryMailbox): MailboxSnapshot {
  const messages = [...mailbox.messages.values()];
  const { id, uidValidity, uidNext, highestModSeq, keywords } = mailbox;
  return {
    mailbox: id,
    uidValidity,
    uidNext,
    highestModSeq,
    keywords,
    uids: Uint32Array.from(messages, ({ uid }) => uid),
    flags: Uint32Array.from(messages, ({ flags }) => flags),
    modseqs: Float64Array.from(messages, ({ modseq }) => modseq),
  };
}

async function rowOf(
  world: MemoryWorld,
  message: MemoryMessage,
  needs: ReadonlySet<Need>,
): Promise<Result<MessageRow, Trouble>> {
  const { uid, modseq, flags, internalDateMs, emailId, savedAtMs, summary } = message;
  const headerEnd = summary.structure.header.end;
  const headers = needs.has('headers')
    ? await collect(bytesOf(world, message, { start: 0, end: headerEnd }))
    : none;
  if (!headers.ok) return headers;
  const fits = summary.sizeBytes <= inlineBodyBytesMax;
  const body =
    needs.has('body') && fits
      ? await collect(bytesOf(world, message, { start: 0, end: summary.sizeBytes }))
      : none;
  if (!body.ok) return body;
  return ok({
    uid,
    modseq,
    flags,
    internalDateMs,
    emailId,
    savedAtMs,
    sizeBytes: summary.sizeBytes,
    summary: needs.has('summary') ? summary : undefined,
    headers: headers.value,
    body: body.value,
  });
}

const none = ok<Uint8Array | undefined>(undefined);

/** Bytes [start, end) of prefix and body as if they were one. */
async function* bytesOf(
  world: MemoryWorld,
  { prefix, body }: Pick<MemoryMessage, 'prefix' | 'body'>,
  range: { readonly start: number; readonly end: number },
): AsyncIterable<Result<Uint8Array, Trouble>> {
  const start = Math.max(0, range.start);
  const ofPrefix = prefix.slice(start, Math.max(start, Math.min(range.end, prefix.length)));
  if (ofPrefix.length > 0) yield ok(ofPrefix);
  const inBody = { start: Math.max(0, start - prefix.length), end: range.end - prefix.length };
  if (inBody.end <= inBody.start) return;
  if (body.kind === 'bytes') {
    const ofBody = body.bytes.slice(inBody.start, inBody.end);
    if (ofBody.length > 0) yield ok(ofBody);
    return;
  }
  for await (const frame of world.blobs.open(body.id, body.key, inBody)) {
    yield frame.ok ? frame : err(troubleOfBlob(frame.error));
  }
}

async function collect(
  frames: AsyncIterable<Result<Uint8Array, Trouble>>,
): Promise<Result<Uint8Array, Trouble>> {
  const chunks: Uint8Array[] = [];
  for await (const frame of frames) {
    if (!frame.ok) return frame;
    chunks.push(frame.value);
  }
  return ok(new Uint8Array(Buffer.concat(chunks)));
}

async function search(
  world: MemoryWorld,
  mailbox: MemoryMailbox,
  query: SearchQuery,
): Promise<Result<Uint32Array, Trouble>> {
  const found: number[] = [];
  for (const message of Array.from(mailbox.messages.values())) {
    const text = needsText(query) ? await textOf(world, message) : ok(emptyText);
    if (!text.ok && text.error.code !== 'fenced') return text;
    const { uid, modseq, flags, internalDateMs, savedAtMs, summary } = message;
    const candidate = { uid, modseq, flags, internalDateMs, savedAtMs, sizeBytes: summary.sizeBytes };
    const lazy = { ...candidate, summary: () => summary, text: () => readable(text) };
    if (isMatch(() => matches(query, lazy, mailbox.keywords))) found.push(message.uid);
  }
  return ok(Uint32Array.from(found));
}

class Unreadable extends Error {}

function readable(text: Result<SearchText, Trouble>): SearchText {
  if (!text.ok) throw new Unreadable();
  return text.value;
}

/** A message whose text is asked for and cannot be read matches nothing. */
function isMatch(judge: () => boolean): boolean {
  try {
    return judge();
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}

const emptyText: SearchText = { headers: [], body: '' };

async function textOf(world: MemoryWorld, message: MemoryMessage): Promise<Result<SearchText, Trouble>> {
  const bytes = await collect(bytesOf(world, message, { start: 0, end: message.summary.sizeBytes }));
  return bytes.ok ? ok(messageSearchText(bytes.value, message.summary)) : bytes;
}
