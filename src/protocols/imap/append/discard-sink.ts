import { answer } from '../command.ts';
import type { LiteralSink } from '../command.ts';
import type { Done } from '../response/done.ts';

/** Takes a message that will not be kept, so that the client can be told why without losing the connection. */
export function discardSink(done: Done): LiteralSink {
  return { write: () => undefined, end: () => answer(done), abandon: () => undefined };
}
