import { createLineNormalizer, serializeData } from '#mail/serialize.ts';
import type { OutboundContent } from '#delivery/outbound/transport.ts';
import type { ClientTimes } from './client-times.ts';
import type { Reply } from './reply-parser.ts';
import type { ChannelFailure, SmtpChannel } from './smtp-channel.ts';

export type BodyEnd =
  /** `complete`: the reply to the final dot; else one that came before it, and the connection is of no more use. */
  | { readonly kind: 'answered'; readonly reply: Reply; readonly complete: boolean }
  /** All was sent, and no reply came: perhaps delivered. */
  | { readonly kind: 'in-doubt'; readonly failure: ChannelFailure }
  /** Lost before the end was sent: certainly not delivered. */
  | { readonly kind: 'not-ended'; readonly failure: ChannelFailure }
  /** We could not read our own message or record the attempt; the end was not sent. */
  | { readonly kind: 'unreadable' };

export interface BodyParts {
  readonly content: OutboundContent;
  /** BDAT (RFC 3030) instead of DATA. */
  readonly chunked: boolean;
  readonly times: ClientTimes;
  readonly beforeFinal: () => Promise<void>;
}

/** What one BDAT carries at most. */
const chunkBytesMax = 262_144;
/** Pieces are joined up to this size before they are written. */
const blockBytes = 65_536;
/** How long a server that broke off may take to say why. */
const lastWordsMs = 2_000;

/** Sends the body in the way that was announced, and reads what becomes of it. Never ends a body that broke off. */
export async function sendBody(channel: SmtpChannel, parts: BodyParts): Promise<BodyEnd> {
  const pieces = parts.chunked ? bdatPieces(parts.content) : dataPieces(parts.content);
  let piece = await nextPiece(pieces);
  for (;;) {
    if (piece === 'unreadable') return { kind: 'unreadable' };
    if (piece === undefined) throw new Error('a body without an end');
    if (piece.last && !(await succeeds(parts.beforeFinal))) return { kind: 'unreadable' };
    const written = await channel.write(piece.bytes, parts.times.blockMs);
    if (!written.ok) return brokenOff(channel, { failure: written.error, wasLast: piece.last });
    if (piece.last) break;
    if (parts.chunked) {
      const reply = await channel.reply(parts.times.finalMs);
      if (!reply.ok) return { kind: 'not-ended', failure: reply.error };
      if (reply.value.code !== 250) return { kind: 'answered', reply: reply.value, complete: false };
    }
    piece = await nextPiece(pieces);
  }
  const reply = await channel.reply(parts.times.finalMs);
  if (!reply.ok) return { kind: 'in-doubt', failure: reply.error };
  return { kind: 'answered', reply: reply.value, complete: !channel.hasUnread };
}

interface Piece {
  readonly bytes: Uint8Array;
  /** With it the server has the whole message. */
  readonly last: boolean;
}

/** The one place that catches what reading our own message throws. */
async function nextPiece(pieces: AsyncIterator<Piece>): Promise<Piece | 'unreadable' | undefined> {
  try {
    const next = await pieces.next();
    return next.done === true ? undefined : next.value;
  } catch {
    return 'unreadable';
  }
}

async function succeeds(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}

/** A server may refuse in the midst of a body and close; then its words are worth more than ours. */
async function brokenOff(
  channel: SmtpChannel,
  broken: { readonly failure: ChannelFailure; readonly wasLast: boolean },
): Promise<BodyEnd> {
  const reply = await channel.reply(lastWordsMs);
  if (reply.ok && reply.value.code >= 400) return { kind: 'answered', reply: reply.value, complete: false };
  return { kind: broken.wasLast ? 'in-doubt' : 'not-ended', failure: broken.failure };
}

/** Dot-stuffed lines with the final dot; the last block, and only it, ends the body. */
function dataPieces(content: OutboundContent): AsyncIterator<Piece> {
  return marked(joined(serializeData(content.chunks()), blockBytes));
}

/** BDAT commands with their chunks. Only what is announced as binary goes without normal line ends. */
async function* bdatPieces(content: OutboundContent): AsyncIterator<Piece> {
  const source = content.bodyType === 'binary' ? content.chunks() : normalized(content.chunks());
  for await (const { bytes, last } of {
    [Symbol.asyncIterator]: () => marked(joined(source, chunkBytesMax)),
  }) {
    const command = Buffer.from(`BDAT ${bytes.length}${last ? ' LAST' : ''}\r\n`);
    yield { bytes: Buffer.concat([command, bytes]), last };
  }
}

async function* normalized(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const lines = createLineNormalizer();
  for await (const chunk of chunks) yield lines.push(chunk);
  yield lines.finish();
}

/**
 * The same bytes in blocks of at least `size`, so that a small message is one write. The last piece is in the last
 * block, which is never empty unless all is: with it, and not before it, goes what ends the message.
 */
async function* joined(chunks: AsyncIterable<Uint8Array>, size: number): AsyncIterable<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    if (bytes >= size) {
      yield Buffer.concat(waiting);
      waiting = [];
      bytes = 0;
    }
    waiting.push(chunk);
    bytes += chunk.length;
  }
  yield Buffer.concat(waiting);
}

/** Marks the last block; it is held back until it is known that no further one comes. */
async function* marked(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
  let held: Uint8Array | undefined;
  for await (const block of blocks) {
    if (held !== undefined) yield { bytes: held, last: false };
    held = block;
  }
  yield { bytes: held ?? new Uint8Array(), last: true };
}
