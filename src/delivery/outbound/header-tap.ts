/** S-09: well above what the entrance lets in (`foreignHeaderBytesMax`) with our own fields in front. */
const headerBytesMax = 1024 * 1024;

const blankLine = Buffer.from('\r\n\r\n');

/** Takes the header out of a message that comes in pieces, and passes the body on. */
export class HeaderTap {
  #held: Buffer = Buffer.alloc(0);
  #done = false;

  /** With its blank line, when there is one. */
  get header(): Uint8Array {
    return this.#held;
  }

  /** The part of this piece that belongs to the body. */
  push(piece: Uint8Array): Uint8Array | undefined {
    if (this.#done) return piece;
    this.#held = Buffer.concat([this.#held, piece]);
    const end = this.#end();
    if (end === undefined) return undefined;
    const body = this.#held.subarray(end);
    this.#held = this.#held.subarray(0, end);
    this.#done = true;
    return body;
  }

  #end(): number | undefined {
    // A message without any header begins with its blank line.
    if (this.#held.subarray(0, 2).equals(blankLine.subarray(0, 2))) return 2;
    const at = this.#held.indexOf(blankLine);
    if (at >= 0) return at + blankLine.length;
    return this.#held.length > headerBytesMax ? this.#held.length : undefined;
  }
}
