import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { ByteStuffer } from './byte-stuffer.ts';
import { refused } from './command.ts';
import type { Answer } from './command.ts';
import type { Listed, Maildrop } from './maildrop.ts';
import { troubleText } from './trouble-text.ts';

export interface FlowRequest {
  readonly maildrop: Maildrop;
  readonly message: Listed;
  /** The text behind `+OK`. */
  readonly text: string;
  readonly bodyLines: number;
}

/** Told once when a message breaks off in the middle: nothing may be said after it. */
export class BrokenFlow extends Error {}

/**
 * A message, pulled only as fast as the client reads. Its first piece is there before `+OK` is said, so that
 * a message that is gone is refused; what breaks off later ends in `BrokenFlow`.
 */
export async function messageFlow(request: FlowRequest): Promise<Answer> {
  const frames = request.maildrop.body(request.message)[Symbol.asyncIterator]();
  const first = await frames.next();
  if (first.done !== true && !first.value.ok) {
    await frames.return?.();
    return refused(troubleText(first.value.error));
  }
  return { kind: 'flow', flow: flow(request, first, frames) };
}

type Frames = AsyncIterator<Result<Uint8Array, Trouble>>;

async function* flow(
  request: FlowRequest,
  first: Awaited<ReturnType<Frames['next']>>,
  frames: Frames,
): AsyncGenerator<Uint8Array> {
  const stuffer = new ByteStuffer(request.bodyLines);
  try {
    yield Buffer.from(`+OK ${request.text}\r\n`);
    for (let frame = first; frame.done !== true && !stuffer.isDone; frame = await frames.next()) {
      if (!frame.value.ok) throw new BrokenFlow(frame.value.error.code);
      const bytes = stuffer.push(frame.value.value);
      if (bytes.byteLength > 0) yield bytes;
    }
    yield stuffer.end();
  } finally {
    await frames.return?.();
  }
}
