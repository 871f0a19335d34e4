const cr = 0x0d;
const lf = 0x0a;
const dot = 0x2e;

/**
 * A message as RFC 1939 §3 sends it: a dot at the start of a line doubled, every line ended by CR LF (a bare CR or LF,
 * which another client may have stored, becomes one, so that no reader takes something inside for the end).
 */
export class ByteStuffer {
  #atLineStart = true;
  #afterCr = false;
  #inBody = false;
  #bodyLinesLeft: number;

  /** @param bodyLines how many lines of the body are wanted (TOP); infinite for all */
  constructor(bodyLines: number) {
    this.#bodyLinesLeft = bodyLines;
  }

  /** All that is wanted has been given: the rest need not be read. */
  get isDone(): boolean {
    return this.#inBody && this.#bodyLinesLeft <= 0;
  }

  push(bytes: Uint8Array): Buffer {
    // Each octet becomes at most two, and a CR held back may come before.
    const out = Buffer.allocUnsafe(bytes.byteLength * 2 + 2);
    let length = 0;
    for (const byte of bytes) {
      if (this.#afterCr && byte !== lf) length = this.#endLine(out, length);
      if (this.isDone) break;
      this.#afterCr = byte === cr;
      if (byte === lf) length = this.#endLine(out, length);
      else if (byte !== cr) length = this.#put(out, length, byte);
    }
    return out.subarray(0, length);
  }

  /** Ends the last line if it has no end, then the message. */
  end(): Buffer {
    return Buffer.from(this.#atLineStart && !this.#afterCr ? '.\r\n' : '\r\n.\r\n');
  }

  #put(out: Buffer, at: number, byte: number): number {
    let length = at;
    if (this.#atLineStart && byte === dot) out[length++] = dot;
    out[length++] = byte;
    this.#atLineStart = false;
    return length;
  }

  #endLine(out: Buffer, at: number): number {
    this.#afterCr = false;
    if (this.#inBody) this.#bodyLinesLeft -= 1;
    else if (this.#atLineStart) this.#inBody = true;
    this.#atLineStart = true;
    out[at] = cr;
    out[at + 1] = lf;
    return at + 2;
  }
}
