import { ByteCollector } from '#base/byte-collector.ts';
import { linkBounds } from './link-bounds.ts';

/** What is left of the text of one message to be read as it comes. */
export interface TextBudget {
  bytesLeft: number;
  /** There was more. */
  isOver: boolean;
}

export interface TextWindowsParts {
  readonly budget: TextBudget;
  /** Two or four octets are one character: pieces end between characters. */
  readonly isWide: boolean;
  /** Octets that can be read by themselves; those before an overlap come twice. */
  readonly emit: (octets: Uint8Array) => void;
}

const lf = 10;
const space = 32;
const greater = 62;

/**
 * Cuts a text of any size into windows that overlap, at white space or the end of a tag (in no charset of mail are these
 * octets a part of another character), wherever its pieces were cut. Beyond the message's budget it keeps only the end.
 */
export class TextWindows {
  readonly #parts: TextWindowsParts;
  #window = new ByteCollector();
  #before: Uint8Array | undefined;

  constructor(parts: TextWindowsParts) {
    this.#parts = parts;
  }

  push(octets: Uint8Array): void {
    for (let at = 0; at < octets.length;) {
      const room = linkBounds.windowBytes - this.#window.length;
      this.#window.append(octets.subarray(at, at + room));
      at += room;
      if (this.#window.length === linkBounds.windowBytes) this.#flush();
    }
  }

  /** The end of the text; what is beyond the budget is given back to be read at the end of the message. */
  end(): Uint8Array | undefined {
    const rest = this.#window.view();
    if (this.#before === undefined && this.#spend(rest.length)) {
      if (rest.length > 0) this.#parts.emit(rest);
      return undefined;
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
    const { budget } = this.#parts;
    if (budget.bytesLeft < bytes) {
      budget.isOver = true;
      return false;
    }
    budget.bytesLeft -= bytes;
    return true;
  }

  #cutOf(window: Uint8Array): number {
    if (this.#parts.isWide) return window.length;
    const least = window.length - 2 * linkBounds.overlapBytes;
    for (let at = window.length; at > least; at -= 1) if (isCut(window[at - 1])) return at;
    return window.length;
  }

  #overlapOf(window: Uint8Array, cut: number): number {
    const least = cut - linkBounds.overlapBytes;
    if (this.#parts.isWide) return least - (least % 4);
    for (let at = least; at < cut; at += 1) if (isCut(window[at - 1])) return at;
    return cut;
  }
}

function isCut(octet: number | undefined): boolean {
  return octet === lf || octet === space || octet === greater;
}
