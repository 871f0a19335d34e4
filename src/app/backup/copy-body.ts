import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { troubleOfBlob } from '#store/trouble.ts';

/** Writes a large body, frame by frame, sealed under a new key. Whoever links it removes this name. */
export async function copyBody(
  to: Blobs,
  frames: AsyncIterable<Result<Uint8Array, Trouble>>,
): Promise<Result<MessageBody, Trouble>> {
  const writer = to.create();
  for await (const frame of frames) {
    if (!frame.ok) {
      await writer.discard();
      return frame;
    }
    await writer.write(frame.value);
  }
  const made = await writer.commit();
  return made.ok ? ok({ kind: 'blob', ...made.value }) : err(troubleOfBlob(made.error));
}
