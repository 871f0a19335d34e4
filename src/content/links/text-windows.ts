import { ByteCollector } from '#base/byte-collector.ts';
import { noBytes } from '#mail/octets.ts';
import { linkBounds } from './link-bounds.ts';
import type { LinkShare } from './link-room.ts';

/** What is left of the text of one message to be read as it comes. */
export interface TextBudget {
  bytesLeft: number;
  /** Kept for the first window of each text, so that a large one hides none that comes after it. */
  firstBytesLeft: number;
}

export interface TextWindowsParts {
  readonly budget: TextBudget;
  /** Two or four octets are one character: pieces end between characters. */
  readonly isWide: boolean;
  readonly share: LinkShare;
  /** Octets that can be read by themselves; those before an overlap come twice. */
  readonly emit: (octets: Uint8Array) => void;
  /** No room was left: from here on each piece is read as it comes, and what lies across two of them is not seen. */
  readonly crowded: () => void;
}

const lf = 10;
const space = 32;
const greater = 62;

/**
 * Cuts a text of any size into windows that overlap, at white space or the end of a tag (in no charset of mail are these
 * octets a part of another character), wherever its pieces were cut. Beyond the message's budget of octets or time it keeps
 * only the end.
 */
export class TextWindows {
  readonly #parts: TextWindowsParts;
  #window = new ByteCollector();
  /** All that came, while it is one piece: most texts are. */
  #only: Uint8Array | undefined;
  #before: Uint8Array | undefined;
  #isFirst = true;
  /** Of the room that all messages share. */
  #heldBytes = 0;
  #isCrowded = false;
  /** Some of it was not read. */
  #isPartial = false;

  constructor(parts: TextWindowsParts) {
    this.#parts = parts;
  }

  /** @param octets they are kept */
  push(octets: Uint8Array): void {
    if (this.#isCrowded) {
      this.#pass(octets);
      return;
    }
    this.#keep(octets);
    if (!this.#hold((this.#only ?? noBytes).length + this.#window.length + (this.#before ?? noBytes).length))
      this.#crowd();
  }

  #keep(octets: Uint8Array): void {
    const before = this.#only;
    this.#only = undefined;
    if (before !== undefined) this.#collect(before);
    const isFirst = before === undefined && this.#window.length === 0 && this.#before === undefined;
    if (isFirst && octets.length < linkBounds.windowBytes) this.#only = octets;
    else this.#collect(octets);
  }

  #collect(octets: Uint8Array): void {
    for (let at = 0; at < octets.length;) {
      const room = linkBounds.windowBytes - this.#window.length;
      this.#window.append(octets.subarray(at, at + room));
      at += room;
      if (this.#window.length === linkBounds.windowBytes) this.#flush();
    }
  }

  /** What is held of the room changes to so much; false: there is no more. */
  #hold(bytes: number): boolean {
    const { share } = this.#parts;
    const more = bytes - this.#heldBytes;
    if (more > 0 && !share.take(more)) return false;
    if (more < 0) share.give(-more);
    this.#heldBytes = bytes;
    return true;
  }

  #crowd(): void {
    const waiting = this.#only ?? this.#window.view();
    this.#isCrowded = true;
    this.#isPartial = this.#before !== undefined;
    this.#parts.crowded();
    this.#only = undefined;
    this.#before = undefined;
    this.#window = new ByteCollector();
    this.#hold(0);
    this.#pass(waiting);
  }

  #pass(octets: Uint8Array): void {
    if (!this.#isPartial && this.#spend(octets.length)) this.#parts.emit(octets);
    else this.#isPartial = true;
  }

  /**
   * The end of the text; what was not read is given back to be read at the end of the message: room is held for it until
   * then. Empty: nothing of it was kept.
   */
  end(): Uint8Array | undefined {
    if (this.#isCrowded) return this.#isPartial ? noBytes : undefined;
    const rest = this.#rest();
    this.#hold(rest?.length ?? 0);
    return rest;
  }

  #rest(): Uint8Array | undefined {
    const rest = this.#only ?? this.#window.view();
    if (this.#before === undefined) {
      if (rest.length === 0) return undefined;
      if (this.#spend(rest.length)) {
        this.#parts.emit(rest);
        return undefined;
      }
    }
    const all = Buffer.concat([this.#before ?? new Uint8Array(), rest]);
    const from = Math.max(0, all.length - linkBounds.windowBytes);
    return all.subarray(from - (from % 4));
  }

  #flush(): void {
    const window = this.#window.view();
    this.#window = new ByteCollector();
    if (this.#before !== undefined || !this.#spend(window.length)) {
      this.#before = window;
      return;
    }
    const cut = this.#cutOf(window);
    this.#parts.emit(window.subarray(0, cut));
    this.#window.append(window.subarray(this.#overlapOf(window, cut)));
  }

  #spend(bytes: number): boolean {
    const { budget, share } = this.#parts;
    if (!share.hasTime) return false;
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (budget.bytesLeft >= bytes) budget.bytesLeft -= bytes;
    else if (isFirst && budget.firstBytesLeft >= bytes) budget.firstBytesLeft -= bytes;
    else return false;
    return true;
  }

  /** Behind the last white space or tag, so that no link is cut in two. */
  #cutOf(window: Uint8Array): number {
    const least = window.length - 2 * linkBounds.overlapBytes;
    for (let at = window.length; at > least; at -= this.#step) if (this.#isCut(window, at)) return at;
    return window.length;
  }

  #overlapOf(window: Uint8Array, cut: number): number {
    const least = cut - linkBounds.overlapBytes;
    for (let at = least; at < cut; at += this.#step) if (this.#isCut(window, at)) return at;
    return cut;
  }

  /** Windows and their overlaps are multiples of four octets, so cuts are as well. */
  get #step(): number {
    return this.#parts.isWide ? 4 : 1;
  }

  #isCut(window: Uint8Array, at: number): boolean {
    const last = window[at - 1] ?? 0;
    if (!this.#parts.isWide) return isBreak(last);
    // UTF-16 of either order, and UTF-32: the other octets are naught.
    const [third = 0, second = 0, first = 0] = [window[at - 2], window[at - 3], window[at - 4]];
    if (third === 0) return isBreak(last) || (last === 0 && second === 0 && isBreak(first));
    return last === 0 && isBreak(third);
  }
}

function isBreak(octet: number): boolean {
  return octet === lf || octet === space || octet === greater;
}
