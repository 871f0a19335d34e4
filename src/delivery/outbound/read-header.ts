import { dsnHeaderBytesMax } from '#mail/dsn.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { QueueEntry } from '#store/contract/queue.ts';

/** The header of a queued message, as far as a notification shows it; nothing of one that cannot be read. */
export async function readHeader({ body, summary }: QueueEntry, blobs: Blobs): Promise<Uint8Array> {
  // One more than is shown, so that it is seen that there was more.
  const end = Math.min(summary.structure.header.end, dsnHeaderBytesMax + 1);
  if (body.kind === 'bytes') return body.bytes.subarray(0, end);
  const pieces: Uint8Array[] = [];
  for await (const frame of blobs.open(body.id, body.key, { start: 0, end })) {
    if (!frame.ok) return new Uint8Array();
    pieces.push(frame.value);
  }
  return Buffer.concat(pieces);
}
