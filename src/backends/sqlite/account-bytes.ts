import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { troubleOfBlob } from '#store/trouble.ts';
import type { StoredBody } from './account-content.ts';

/** Bytes [start, end) of the whole message, from its row or its file. */
export async function* bytesOf(
  blobs: Blobs,
  stored: StoredBody,
  range: { readonly start: number; readonly end: number },
): AsyncIterable<Result<Uint8Array, Trouble>> {
  const head = stored.kind === 'bytes' ? stored.bytes : stored.prefix;
  const start = Math.max(0, range.start);
  const ofHead = head.slice(start, Math.max(start, range.end));
  if (ofHead.length > 0) yield ok(ofHead);
  if (stored.kind === 'bytes' || range.end <= head.length) return;
  const inFile = { start: Math.max(0, start - head.length), end: range.end - head.length };
  for await (const frame of blobs.open(stored.id, stored.key, inFile)) {
    yield frame.ok ? frame : err(troubleOfBlob(frame.error));
  }
}

export async function collectBytes(
  frames: AsyncIterable<Result<Uint8Array, Trouble>>,
): Promise<Result<Uint8Array, Trouble>> {
  const parts: Uint8Array[] = [];
  for await (const frame of frames) {
    if (!frame.ok) return frame;
    parts.push(frame.value);
  }
  return ok(new Uint8Array(Buffer.concat(parts)));
}
