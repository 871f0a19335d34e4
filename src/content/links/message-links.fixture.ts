import type { HeldRoom } from '../attachments/held-files.ts';
import { MessageLinkReader } from './message-links.ts';
import type { MessageLinks } from './message-links.ts';

/** The hosts of a whole message, with nothing looked into that is attached. */
export function messageLinks(bytes: Uint8Array, room: HeldRoom): MessageLinks {
  const reader = new MessageLinkReader(room);
  reader.push(bytes);
  reader.finish();
  reader.release();
  return reader.result();
}
