import { readAttachedLinks } from '#content/links/attached-links.ts';
import { MessageLinkReader } from '#content/links/message-links.ts';
import type { PartWatch } from '#mail/part-watch.ts';
import type { LinksFact } from './fact-table.ts';
import type { PolicyParts } from './policy-parts.ts';

type LinkSearchParts = Pick<PolicyParts, 'heldFiles' | 'linkRoom' | 'attachments' | 'clock'>;

/** Seeks the links of one message while it comes in. */
export class LinkSearch {
  readonly #parts: LinkSearchParts;
  readonly #reader: MessageLinkReader;

  constructor(parts: LinkSearchParts) {
    this.#parts = parts;
    this.#reader = new MessageLinkReader(parts.heldFiles, { shared: parts.linkRoom });
  }

  /** Is to be told the parts of the message. */
  get parts(): PartWatch {
    return this.#reader.watch;
  }

  /** Once, when the message is whole and its parts were told. */
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
