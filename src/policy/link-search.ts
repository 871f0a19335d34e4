import { readAttachedLinks } from '#content/links/attached-links.ts';
import { MessageLinkReader } from '#content/links/message-links.ts';
import type { HeaderBlock } from '#mail/header.ts';
import type { LinksFact } from './fact-table.ts';
import type { PolicyParts } from './policy-parts.ts';

type LinkSearchParts = Pick<PolicyParts, 'heldFiles' | 'attachments' | 'clock'>;

/** Seeks the links of one message while it comes in. */
export class LinkSearch {
  readonly #parts: LinkSearchParts;
  readonly #reader: MessageLinkReader;

  constructor({ text, bodyStart }: HeaderBlock, parts: LinkSearchParts) {
    this.#parts = parts;
    this.#reader = new MessageLinkReader(parts.heldFiles);
    // The characters of a header block are its bytes.
    this.#reader.push(Buffer.from(text.slice(0, bodyStart), 'latin1'));
  }

  /** Octets of the body. */
  take(octets: Uint8Array): void {
    this.#reader.push(octets);
  }

  /** Once, when the message is whole. */
  async found(): Promise<LinksFact> {
    const files = this.#reader.finish();
    const { attachments: engine, clock } = this.#parts;
    await readAttachedLinks(this.#reader, files, { engine, clock });
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
