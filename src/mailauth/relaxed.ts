import { createHash } from 'node:crypto';

const cr = 13;
const lf = 10;
const space = 32;
const tab = 9;

/**
 * One header field in relaxed form (RFC 6376 §3.4.2), without the CR LF at its end.
 * @param field name, colon and value as written, line breaks included
 */
export function relaxedField(field: string): string {
  const colon = field.indexOf(':');
  const name = field.slice(0, colon).trimEnd().toLowerCase();
  const value = field
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ')
    .replace(/^ /, '')
    .replace(/ $/, '');
  return `${name}:${value}`;
}

/**
 * SHA-256 of a body in relaxed form (RFC 6376 §3.4.4), in any chunking: runs of spaces and tabs are one space, none at
 * the end of a line, no empty lines at the end, and a body that is not empty ends in CR LF. Lines must end in CR LF.
 */
export class RelaxedBodyHash {
  readonly #hash = createHash('sha256');
  /** Line breaks that count only if something follows. */
  #breaks = 0;
  #pendingSpace = false;
  #pendingCr = false;
  #any = false;

  update(chunk: Uint8Array): void {
    const out = Buffer.allocUnsafe(2 * chunk.length + 4);
    let size = 0;
    const plain = (c: number): void => {
      if (this.#breaks > 0) {
        this.#flushBreaks(out.subarray(0, size));
        size = 0;
      }
      if (this.#pendingSpace) out[size++] = space;
      this.#pendingSpace = false;
      out[size++] = c;
      this.#any = true;
    };
    for (const c of chunk) {
      if (this.#pendingCr) {
        this.#pendingCr = false;
        if (c === lf) {
          this.#breaks += 1;
          this.#pendingSpace = false;
          continue;
        }
        plain(cr);
      }
      if (c === cr) this.#pendingCr = true;
      else if (c === space || c === tab) this.#pendingSpace = true;
      else plain(c);
    }
    this.#hash.update(out.subarray(0, size));
  }

  /** Base64. */
  digest(): string {
    if (this.#pendingCr) {
      this.#pendingCr = false;
      this.#flushBreaks(Buffer.alloc(0));
      this.#hash.update(this.#pendingSpace ? ' \r' : '\r');
      this.#pendingSpace = false;
      this.#any = true;
    }
    // White space without a line break at the very end falls away with it.
    if (this.#any) this.#hash.update('\r\n');
    return this.#hash.digest('base64');
  }

  /** What was gathered, then the line breaks that turned out to stand in the middle. */
  #flushBreaks(gathered: Uint8Array): void {
    this.#hash.update(gathered);
    let left = this.#breaks;
    while (left > 0) {
      const now = Math.min(left, breaksAtOnce);
      this.#hash.update(manyBreaks.subarray(0, 2 * now));
      left -= now;
    }
    this.#breaks = 0;
  }
}

const breaksAtOnce = 512;
const manyBreaks = Buffer.from('\r\n'.repeat(breaksAtOnce));
