const cr = 13;
const lf = 10;

/** RFC 5321 §4.5.3.1.6, RFC 5322 §2.1.1: the octets of a line without its CR LF. */
export const lineOctetsMax = 998;

/** Sees in passing, in any chunking, whether a line is longer than SMTP carries. Lines end in CR LF. */
export class LineLengths {
  /** Of the line that goes on. */
  #octets = 0;
  #endsInCr = false;
  #isLong = false;

  get isLong(): boolean {
    return this.#isLong;
  }

  see(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.#isLong;) {
      const end = bytes.indexOf(lf, at);
      this.#grow(bytes, at, end < 0 ? bytes.length : end);
      if (end < 0) return;
      this.#octets = 0;
      this.#endsInCr = false;
      at = end + 1;
    }
  }

  #grow(bytes: Buffer, from: number, to: number): void {
    this.#octets += to - from;
    if (to > from) this.#endsInCr = bytes[to - 1] === cr;
    if (this.#octets - (this.#endsInCr ? 1 : 0) > lineOctetsMax) this.#isLong = true;
  }
}
