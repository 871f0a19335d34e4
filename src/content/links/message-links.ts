import type { HeaderBlock } from '#mail/header.ts';
import { messageLimits } from '#mail/message-limits.ts';
import { MessageParser } from '#mail/message-parser.ts';
import { emptyPart } from '#mail/open-part.ts';
import { findParameter } from '#mail/parameters.ts';
import type { PartWatch } from '#mail/part-watch.ts';
import type { Part } from '#mail/summary.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { AttachmentKind } from '../attachments/attachment-kind.ts';
import { attachmentKind } from '../attachments/attachment-kind.ts';
import { heldBounds, HeldFiles } from '../attachments/held-files.ts';
import type { HeldFile, HeldRoom } from '../attachments/held-files.ts';
import { headerLinks, writtenLinks } from './header-links.ts';
import { LeafReader } from './leaf-reader.ts';
import type { LeafEars } from './leaf-reader.ts';
import { linkBounds } from './link-bounds.ts';
import type { LinkCandidate } from './link-candidate.ts';
import { LinkHosts } from './link-hosts.ts';
import { LinkRoom, LinkShare } from './link-room.ts';
import { PartNames } from './part-names.ts';
import type { EmbeddedFile } from './find-html-links.ts';

/** Where a link stands. */
interface LinkPlace {
  readonly part: Part;
  /** Of a link in a header field. */
  readonly field?: string;
  /** Of a link in a file, what stands around it there. */
  readonly inside?: string;
}

/** A file that is to be looked into once the message is whole. */
export interface AttachedFile {
  readonly kind: AttachmentKind;
  readonly bytes: Uint8Array;
  /** As it is said to be called; foreign text. */
  readonly name: string;
  readonly part: Part;
}

/** One host that a message leads to. */
export interface LinkFound {
  /** Registrable domain, or canonical address. */
  readonly host: string;
  /** For people: `part 1.2 (text/html), href, inside a link to redirect.com`. */
  readonly where: string;
}

/** Where the links of a message lead. */
export interface MessageLinks {
  /** Each host once; what a reader can click on comes first. */
  readonly found: readonly LinkFound[];
  /** What was not looked at, and why; for people. */
  readonly unread: readonly string[];
}

/** How a message is searched. */
export interface ReaderUse {
  /** What the searches of all messages share. */
  readonly shared?: LinkRoom;
  /** Hears of each link; where it is given, the reader keeps none itself. */
  readonly heard?: (link: LinkCandidate) => void;
}

/** Told of one message. */
const unreadMax = 12;

/**
 * Seeks the hosts that a message links to while it comes in: in its header fields, in each text and HTML part, attached
 * ones and those of messages inside too (P-27). Holds a window of one text and the files that are looked into later;
 * bounded in memory and work; never throws. Pieces may be cut anywhere.
 */
export class MessageLinkReader {
  /** Hears the parts of the message from whoever takes it apart, where its octets are not pushed. */
  readonly watch: PartWatch = {
    header: (part, block) => this.#header(part, block),
    begin: (part) => this.#begin(part),
    take: (octets) => this.#take(octets),
    end: (part) => this.#end(part),
    whole: (structure, truncated) => this.#whole(structure, truncated),
  };
  #parser: MessageParser | undefined;
  readonly #hosts = new LinkHosts<LinkPlace>();
  readonly #held: HeldFiles;
  readonly #heard: ((link: LinkCandidate) => void) | undefined;
  readonly #files: AttachedFile[] = [];
  readonly #unread = new Map<string, readonly [part: Part, why: string]>();
  readonly #budget = {
    bytesLeft: linkBounds.textBytesMax,
    firstBytesLeft: linkBounds.firstBytesMax,
  };
  readonly #share: LinkShare;
  #late: { readonly read: () => void; readonly heldBytes: number } | undefined;
  #root: Part | undefined;
  #open: Part | undefined;
  #leaf: LeafReader | undefined;
  #structure: Part | undefined;

  constructor(room: HeldRoom, { shared = new LinkRoom(), heard }: ReaderUse = {}) {
    this.#held = new HeldFiles(room);
    this.#share = new LinkShare(shared);
    this.#heard = heard;
  }

  /** Octets of the message from its first; they are copied where they are kept. */
  push(octets: Uint8Array): void {
    this.#parser ??= new MessageParser(messageLimits, { seeks: 'structure', watch: this.watch });
    this.#parser.push(octets);
  }

  /** The message is whole; files of it wait to be looked into. */
  finish(): readonly AttachedFile[] {
    this.#parser?.finish();
    return this.#files;
  }

  /** A link that was found in a file. */
  takeFrom({ part }: Pick<AttachedFile, 'part'>, link: LinkCandidate, inside: string): void {
    this.#hosts.take(link, inside === '' ? { part } : { part, inside });
  }

  unread(part: Part, why: string): void {
    if (this.#unread.size < unreadMax) this.#unread.set(`${partKey(part)} ${why}`, [part, why]);
  }

  result(): MessageLinks {
    const names = new PartNames(this.#structure ?? emptyPart(0));
    const found = this.#hosts.result().map(({ host, place, how, via }) => {
      const words = [
        placeWords(place, names),
        place.inside,
        how,
        via === undefined ? undefined : `inside a link to ${via}`,
      ];
      return { host, where: words.filter((word) => word !== undefined).join(', ') };
    });
    const unread = [...this.#unread.values()].map(([part, why]) => `${names.of(part)}: ${why}`);
    return {
      found,
      unread: this.#hosts.cut ? [...unread, 'more links than are told: the first and the last are'] : unread,
    };
  }

  /** Nothing is held any more. */
  release(): void {
    this.#files.length = 0;
    this.#held.release();
    this.#share.release();
  }

  #whole(structure: Part, truncated: boolean): void {
    this.#leaf?.end();
    this.#structure = structure;
    if (truncated) this.unread(structure, 'more parts, or deeper ones, than are taken apart');
    this.#late?.read();
  }

  #link(link: LinkCandidate, place: LinkPlace): void {
    if (this.#heard === undefined) this.#hosts.take(link, place);
    else this.#heard(link);
  }

  #header(part: Part, block: HeaderBlock): void {
    this.#root ??= part;
    this.#readHeader(part, () => {
      for (const { field, link } of headerLinks(block)) this.#link(link, { part, field });
    });
  }

  /** In the time of the message, as its texts are. */
  #readHeader(part: Part, read: () => void): void {
    if (this.#share.hasTime) this.#share.timed(read);
    else this.unread(part, 'no time was left to read its header');
  }

  #begin(part: Part): void {
    this.#leaf?.end();
    const texts = [part.location, part.description, fileName(part), externalBody(part)].filter(
      (text) => text !== undefined,
    );
    if (texts.length > 0)
      this.#readHeader(part, () => {
        for (const text of texts)
          for (const link of writtenLinks(text)) this.#link(link, { part, field: 'header' });
      });
    this.#open = part;
    this.#leaf = this.#readerOf(part, { part });
  }

  /** What stands between parts is shown by programs that find none: multiparts whose boundary never comes. */
  #take(octets: Uint8Array): void {
    const part = this.#root;
    if (part === undefined) return;
    this.#leaf ??= this.#readerOf(emptyPart(0), { part, inside: 'between its parts' });
    this.#leaf.take(octets);
  }

  #end(part: Part): void {
    if (part !== this.#open) return;
    this.#leaf?.end();
    this.#leaf = undefined;
    this.#open = undefined;
  }

  #readerOf(part: Part, place: LinkPlace): LeafReader {
    return new LeafReader({
      part,
      budget: this.#budget,
      share: this.#share,
      files: this.#held,
      ears: this.#earsOf(place),
    });
  }

  #earsOf(place: LinkPlace): LeafEars {
    const { part } = place;
    return {
      link: (link) => this.#link(link, place),
      embedded: (file) => this.#embedded(part, file),
      file: (file, kind) => this.#file(part, file, kind),
      unread: (why) => this.unread(part, why),
      late: (read, heldBytes) => {
        this.#share.give(this.#late?.heldBytes ?? 0);
        this.#late = { read, heldBytes };
      },
    };
  }

  #file(part: Part, file: HeldFile, kind: AttachmentKind): void {
    const bytes = file.bytes();
    const isImage = kind !== 'pdf' && kind !== 'zip' && kind !== 'message';
    if (isImage && bytes.length < heldBounds.imageBytesMin) return;
    this.#files.push({ kind, bytes, name: fileName(part) ?? '', part });
  }

  #embedded(part: Part, { type, base64 }: EmbeddedFile): void {
    const bytes = Buffer.from(base64, 'base64');
    const kind = attachmentKind({ type, name: '' }, bytes);
    const file =
      kind === undefined || bytes.length < heldBounds.imageBytesMin ? undefined : this.#held.open();
    if (file === undefined || kind === undefined) return;
    file.append(bytes);
    if (file.full === undefined) this.#file(part, file, kind);
  }
}

function partKey(part: Part): string {
  return `${part.body.start}`;
}

function placeWords({ part, field }: LinkPlace, names: PartNames): string {
  const name = names.of(part);
  if (field === undefined) return name;
  return part.header.start === 0 ? cleanForeignText(field, 60) : `${cleanForeignText(field, 60)} of ${name}`;
}

/** RFC 2046 §5.2.3, RFC 2017: what is shown lies elsewhere, as the parameters say. */
function externalBody({ type, subtype, parameters }: Part): string | undefined {
  const isElsewhere = type === 'message' && subtype === 'external-body';
  return isElsewhere ? parameters.map(([, value]) => value).join(' ') : undefined;
}

function fileName({ disposition, parameters }: Part): string | undefined {
  return findParameter(disposition?.parameters ?? [], 'filename') ?? findParameter(parameters, 'name');
}
