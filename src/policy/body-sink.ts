import type { HeldMessage } from '#content/held-message.ts';
import type { MessageSignatures } from '#mailauth/message-signatures.ts';

/** What looks at the body of a message while it comes in. */
export interface BodySink {
  /** False when `update` would do nothing. */
  readonly wantsBody: boolean;
  /** Octets of the body: what follows the blank line. */
  update(octets: Uint8Array): void;
}

/** Signatures hash the body, links are sought in what is held of it. */
export function bodySink(signatures: MessageSignatures, held: HeldMessage | undefined): BodySink {
  if (held === undefined) return signatures;
  return {
    wantsBody: true,
    update(octets) {
      if (signatures.wantsBody) signatures.update(octets);
      held.take(octets);
    },
  };
}
