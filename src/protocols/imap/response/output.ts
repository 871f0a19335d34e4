import type { Output } from '#protocols/conversation.ts';
import { outputChunkBytes } from '../limits.ts';
import type { Done } from './done.ts';
import { wireBytes } from './wire.ts';

/** Long answers go out in pieces, as fast as the peer reads. */
export function outputOf(data: string): Output {
  if (data === '') return [];
  return data.length <= outputChunkBytes ? [wireBytes(data)] : pieces(data);
}

async function* pieces(data: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += outputChunkBytes) {
    yield wireBytes(data.slice(at, at + outputChunkBytes));
  }
}

/**
 * The output of a command that makes it piece by piece, and what `end` says behind it. What fits into one chunk is
 * made at once and is one write; only the rest is made as the client reads.
 */
export async function streamOutput(
  stream: AsyncGenerator<Uint8Array, Done>,
  end: (done: Done) => Promise<Uint8Array>,
): Promise<Output> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < outputChunkBytes) {
    const next = await stream.next();
    if (next.done === true) return [...chunks, await end(next.value)];
    chunks.push(next.value);
    size += next.value.length;
  }
  return rest(chunks, stream, end);
}

async function* rest(
  chunks: readonly Uint8Array[],
  stream: AsyncGenerator<Uint8Array, Done>,
  end: (done: Done) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* chunks;
  yield await end(yield* stream);
}
