import { MessageLinkReader } from '#content/links/message-links.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { LinksFact } from './fact-table.ts';
import type { PolicyParts } from './policy-parts.ts';

/** Seeks the links of one message while it comes in. */
export class LinkSearch {
  readonly #reader: MessageLinkReader;

  constructor({ text, bodyStart }: HeaderBlock, { heldFiles }: Pick<PolicyParts, 'heldFiles'>) {
    this.#reader = new MessageLinkReader(heldFiles);
    // The characters of a header block are its bytes.
    this.#reader.push(Buffer.from(text.slice(0, bodyStart), 'latin1'));
  }

  /** Octets of the body. */
  take(octets: Uint8Array): void {
    this.#reader.push(octets);
  }

  /** Once, when the message is whole. */
  found(): LinksFact {
    this.#reader.finish();
    const { found, unread } = this.#reader.result();
    return {
      hosts: found.map(({ host }) => host),
      cut: unread.length > 0,
      places: found.map(({ where }) => where),
      ...(unread.length === 0 ? {} : { unread }),
    };
  }

  /** Nothing is held any more; to be called however the message ends. */
  end(): void {
    this.#reader.release();
  }
}
