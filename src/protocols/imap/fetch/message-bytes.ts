import { Buffer } from 'node:buffer';
import type { ByteRange } from '#mail/summary.ts';
import { BrokenOff } from '../response/trouble.ts';
import { rowOf } from './item.ts';
import type { FetchedMessage } from './item.ts';

/** A range of the message that is at hand, else `undefined`: stream it. */
export function bytesAtHand(message: FetchedMessage, range: ByteRange): Uint8Array | undefined {
  const { body, headers } = rowOf(message);
  if (body !== undefined) return body.subarray(range.start, range.end);
  return headers !== undefined && range.end <= headers.length
    ? headers.subarray(range.start, range.end)
    : undefined;
}

/** A range of a large message as it comes from the store; exactly its length, or the connection ends. */
export async function* streamBytes(message: FetchedMessage, range: ByteRange): AsyncGenerator<Uint8Array> {
  const { store, account, selected } = message.world;
  let left = range.end - range.start;
  if (left <= 0) return;
  for await (const piece of store.messages.body(account, selected.id, message.uid, range)) {
    if (!piece.ok) throw new BrokenOff(`a literal was broken off: ${piece.error.code}`);
    const bytes = piece.value.length > left ? piece.value.subarray(0, left) : piece.value;
    left -= bytes.length;
    yield bytes;
  }
  if (left > 0) throw new BrokenOff('a literal was broken off: the message is shorter than its size');
}

/** A bounded range as a whole (headers of large messages). */
export async function gatherBytes(message: FetchedMessage, range: ByteRange): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of streamBytes(message, range)) pieces.push(piece);
  return Buffer.concat(pieces);
}
