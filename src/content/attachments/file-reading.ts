import type { LinkCandidate } from '../links/link-candidate.ts';
import { fileBounds } from './file-bounds.ts';

/** A link in a file, and where there. */
export interface FileLink {
  readonly link: LinkCandidate;
  /** The way through the files inside: `a.zip, word/_rels/document.xml.rels`; empty for the file itself. */
  readonly inside: string;
}

/** What came of looking into a file; plain data. */
export interface FileFindings {
  readonly links: readonly FileLink[];
  /** What was not looked at, and why. */
  readonly unread: readonly string[];
}

/** One file while it is looked into, with all that is inside: what was found, and what may still be done. */
export class FileReading {
  readonly #links: FileLink[] = [];
  readonly #unread = new Set<string>();
  #bytesLeft: number = fileBounds.inflatedBytesMax;
  #imagesLeft: number = fileBounds.imagesMax;

  take(links: Iterable<LinkCandidate>, inside: string): void {
    for (const link of links) {
      if (this.#links.length >= fileBounds.linksMax) {
        this.miss('more links than are read', inside);
        return;
      }
      this.#links.push({ link, inside });
    }
  }

  /** Something was not looked at. */
  miss(why: string, inside: string): void {
    if (this.#unread.size < fileBounds.unreadMax) this.#unread.add(inside === '' ? why : `${inside}: ${why}`);
  }

  /** So many octets may come out of the next piece. */
  get pieceBytesMax(): number {
    return Math.min(this.#bytesLeft, fileBounds.pieceBytesMax);
  }

  spent(bytes: number): void {
    this.#bytesLeft -= bytes;
  }

  /** False when as many pictures as are read were. */
  takeImage(): boolean {
    this.#imagesLeft -= 1;
    return this.#imagesLeft >= 0;
  }

  findings(): FileFindings {
    return { links: this.#links, unread: [...this.#unread] };
  }
}
