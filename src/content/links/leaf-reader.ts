import type { ByteTransform } from '#mail/byte-transform.ts';
import { noBytes } from '#mail/octets.ts';
import { findParameter } from '#mail/parameters.ts';
import type { Part } from '#mail/summary.ts';
import { createTransferDecoder } from '#mail/transfer-encoding.ts';
import { attachmentKind, headBytes, unreadKind } from '../attachments/attachment-kind.ts';
import type { AttachmentKind, DeclaredFile } from '../attachments/attachment-kind.ts';
import type { HeldFile, HeldFiles } from '../attachments/held-files.ts';
import { textForm } from '../attachments/text-form.ts';
import { charsetOf, isWideCharset, leafLinks } from './leaf-text.ts';
import type { LeafText } from './leaf-text.ts';
import type { EmbeddedFile } from './find-html-links.ts';
import type { LinkCandidate } from './link-candidate.ts';
import type { LinkShare } from './link-room.ts';
import { TextWindows } from './text-windows.ts';
import type { TextBudget } from './text-windows.ts';

/** What a leaf tells of itself. */
export interface LeafEars {
  link(link: LinkCandidate): void;
  embedded(file: EmbeddedFile): void;
  file(file: HeldFile, kind: AttachmentKind): void;
  /** Why something of it was not looked at. */
  unread(why: string): void;
  /** The end of a text that is beyond the budget; so many octets of the room are held for it. */
  late(read: () => void, heldBytes: number): void;
}

export interface LeafParts {
  readonly part: Part;
  readonly budget: TextBudget;
  readonly share: LinkShare;
  readonly files: HeldFiles;
  readonly ears: LeafEars;
}

/** Reads one part as it comes: decoded, told by its first octets for what it is, read as text or held, or let go. */
export class LeafReader {
  readonly #parts: LeafParts;
  readonly #decoder: ByteTransform;
  #head: Uint8Array | undefined = noBytes;
  #text: { readonly leaf: LeafText; readonly windows: TextWindows } | undefined;
  #held: { readonly file: HeldFile; readonly kind: AttachmentKind } | undefined;

  constructor(parts: LeafParts) {
    this.#parts = parts;
    this.#decoder = createTransferDecoder(parts.part.encoding);
  }

  /** @param octets as they are encoded; they may be kept */
  take(octets: Uint8Array): void {
    if (this.#isDone()) return;
    this.#decoded(this.#decoder.push(octets));
  }

  end(): void {
    if (!this.#isDone()) this.#decoded(this.#decoder.finish());
    const head = this.#head;
    if (head !== undefined) {
      this.#decide(head);
      this.#pass(head);
    }
    if (this.#text !== undefined) this.#endText(this.#text);
    if (this.#held !== undefined) this.#endFile(this.#held);
  }

  #isDone(): boolean {
    return this.#head === undefined && this.#text === undefined && this.#held === undefined;
  }

  #decoded(octets: Uint8Array): void {
    if (octets.length === 0) return;
    if (this.#head === undefined) {
      this.#pass(octets);
      return;
    }
    const known = this.#head.length === 0 ? octets : Buffer.concat([this.#head, octets]);
    if (known.length < headBytes) {
      this.#head = known;
      return;
    }
    this.#decide(known.subarray(0, headBytes));
    this.#pass(known);
  }

  #pass(octets: Uint8Array): void {
    this.#text?.windows.push(octets);
    this.#held?.file.append(octets);
  }

  /** The beginning is known, and by it what the rest is. */
  #decide(head: Uint8Array): void {
    this.#head = undefined;
    const { part, files, ears } = this.#parts;
    const file = declaredFile(part);
    const form = textForm(file, head);
    const kind = attachmentKind(file, head);
    if (form !== undefined) this.#text = this.#openText({ part, form, charset: charsetOf(part, head) });
    if (kind !== undefined) this.#hold(kind, files.open());
    const unread = kind === undefined && form === undefined ? unreadKind(head) : undefined;
    if (unread !== undefined) ears.unread(`${unread} is not looked into`);
  }

  #hold(kind: AttachmentKind, file: HeldFile | undefined): void {
    if (file === undefined) this.#parts.ears.unread('more files than are looked into');
    else this.#held = { kind, file };
  }

  #openText(leaf: LeafText): { readonly leaf: LeafText; readonly windows: TextWindows } {
    const { budget, share, ears } = this.#parts;
    const windows = new TextWindows({
      budget,
      share,
      isWide: isWideCharset(leaf.charset),
      emit: (octets) => this.#read(octets, leaf),
      crowded: () => ears.unread('too many texts were coming in at that moment: it was read in pieces'),
    });
    return { leaf, windows };
  }

  #read(octets: Uint8Array, leaf: LeafText): void {
    const { ears, share } = this.#parts;
    share.timed(() => {
      for (const link of leafLinks(octets, leaf, { embedded: (file) => ears.embedded(file) }))
        ears.link(link);
    });
  }

  #endText({ leaf, windows }: { readonly leaf: LeafText; readonly windows: TextWindows }): void {
    const rest = windows.end();
    if (rest === undefined) return;
    const { ears, share } = this.#parts;
    const why = share.hasTime ? 'more text than is read' : 'no time was left to read it';
    if (rest.length === 0) {
      ears.unread(why);
      return;
    }
    ears.unread(`${why}; of the rest only the end was`);
    ears.late(() => this.#read(rest, leaf), rest.length);
  }

  #endFile({ file, kind }: { readonly file: HeldFile; readonly kind: AttachmentKind }): void {
    if (file.full !== undefined) this.#parts.ears.unread(fullWords[file.full]);
    this.#parts.ears.file(file, kind);
  }
}

const fullWords = {
  'message-full': 'larger than what is looked into of one message',
  'all-full': 'too many files were coming in at that moment',
} as const;

function declaredFile({ type, subtype, disposition, parameters }: Part): DeclaredFile {
  const name =
    findParameter(disposition?.parameters ?? [], 'filename') ?? findParameter(parameters, 'name') ?? '';
  return { type: `${type}/${subtype}`, name };
}
