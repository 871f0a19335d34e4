import type { PartWatch } from '#mail/part-watch.ts';
import type { MessageSignatures } from '#mailauth/message-signatures.ts';
import type { LinkSearch } from './link-search.ts';

/** What looks at the body of a message while it comes in. */
export interface BodySink {
  /** False when `update` would do nothing. */
  readonly wantsBody: boolean;
  /** Octets of the body: what follows the blank line. */
  update(octets: Uint8Array): void;
  /** Hears the parts of the message, from its header on, as whoever takes it apart comes to them. */
  readonly parts?: PartWatch;
}

/** Signatures hash the body, links are sought in its parts. */
export function bodySink(signatures: MessageSignatures, search: LinkSearch | undefined): BodySink {
  if (search === undefined) return signatures;
  const { wantsBody } = signatures;
  return { wantsBody, update: (octets) => signatures.update(octets), parts: search.parts };
}
