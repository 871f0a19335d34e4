import type { MessageSignatures } from '#mailauth/message-signatures.ts';
import type { LinkSearch } from './link-search.ts';

/** What looks at the body of a message while it comes in. */
export interface BodySink {
  /** False when `update` would do nothing. */
  readonly wantsBody: boolean;
  /** Octets of the body: what follows the blank line. */
  update(octets: Uint8Array): void;
}

/** Signatures hash the body, links are sought in it. */
export function bodySink(signatures: MessageSignatures, search: LinkSearch | undefined): BodySink {
  if (search === undefined) return signatures;
  return {
    wantsBody: true,
    update(octets) {
      if (signatures.wantsBody) signatures.update(octets);
      search.take(octets);
    },
  };
}
