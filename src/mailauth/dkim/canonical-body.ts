import type { Canonicalization } from './canonical-header.ts';

const cr = 13;
const lf = 10;
const space = 32;
const tab = 9;

/** Gets the octets of the canonical form; they may be overwritten after it returns. */
export type BodySink = (bytes: Uint8Array) => void;

/** Brings a body into canonical form in any chunking (RFC 6376 §3.4). */
export interface CanonicalBody {
  update(chunk: Uint8Array): void;
  /** Once, after the last chunk. */
  end(): void;
}

export function createCanonicalBody(form: Canonicalization, sink: BodySink): CanonicalBody {
  return form === 'simple' ? new SimpleBody(sink) : new RelaxedBody(sink);
}

const breaksAtOnce = 512;
const manyBreaks = Buffer.from('\r\n'.repeat(breaksAtOnce));

function writeBreaks(sink: BodySink, count: number): void {
  let left = count;
  while (left > 0) {
    const now = Math.min(left, breaksAtOnce);
    sink(manyBreaks.subarray(0, 2 * now));
    left -= now;
  }
}

/** RFC 6376 §3.4.3: as it is, but with exactly one CR LF at its end. */
class SimpleBody implements CanonicalBody {
  readonly #sink: BodySink;
  /** Line breaks that count only if something follows, then perhaps a CR that may begin one more. */
  #breaks = 0;
  #pendingCr = false;

  constructor(sink: BodySink) {
    this.#sink = sink;
  }

  update(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    let start = 0;
    if (this.#pendingCr) {
      this.#pendingCr = false;
      if (chunk[0] === lf) {
        this.#breaks += 1;
        start = 1;
      } else this.#write(carriageReturn);
    }
    let end = chunk.length;
    if (end > start && chunk[end - 1] === cr) {
      this.#pendingCr = true;
      end -= 1;
    }
    let breaks = 0;
    while (end - 2 >= start && chunk[end - 1] === lf && chunk[end - 2] === cr) {
      breaks += 1;
      end -= 2;
    }
    if (end > start) this.#write(chunk.subarray(start, end));
    this.#breaks += breaks;
  }

  end(): void {
    if (this.#pendingCr) this.#write(carriageReturn);
    this.#sink(manyBreaks.subarray(0, 2));
  }

  #write(bytes: Uint8Array): void {
    writeBreaks(this.#sink, this.#breaks);
    this.#breaks = 0;
    this.#sink(bytes);
  }
}

const carriageReturn = Buffer.from('\r');

/**
 * RFC 6376 §3.4.4: runs of spaces and tabs are one space, none at the end of a line, no empty lines at the end, and
 * what is not empty ends in CR LF.
 */
class RelaxedBody implements CanonicalBody {
  readonly #sink: BodySink;
  /** Line breaks, then perhaps white space, then perhaps a CR, that count only if something follows. */
  #breaks = 0;
  #pendingSpace = false;
  #pendingCr = false;
  #any = false;

  constructor(sink: BodySink) {
    this.#sink = sink;
  }

  update(chunk: Uint8Array): void {
    const from = this.#lead(chunk);
    const plain = plainEnd(chunk, from);
    // Most text is in this form already and goes on as it stands.
    if (plain > from) this.#write(chunk.subarray(from, plain));
    if (plain < chunk.length) this.#rewrite(chunk, plain);
  }

  end(): void {
    if (this.#pendingCr) this.#flush();
    // White space without a line break at the very end falls away with it.
    if (this.#any) this.#sink(manyBreaks.subarray(0, 2));
  }

  /** Goes on in what is pending until it is known to count, or to the end. Returns where it stopped. */
  #lead(chunk: Uint8Array): number {
    if (this.#breaks === 0 && !this.#pendingSpace && !this.#pendingCr) return 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const c = chunk[at];
      if (this.#pendingCr && c !== lf) {
        this.#flush();
        return at;
      }
      if (this.#pendingCr) {
        this.#pendingCr = false;
        this.#pendingSpace = false;
        this.#breaks += 1;
      } else if (c === cr) this.#pendingCr = true;
      else if (c === space || c === tab) this.#pendingSpace = true;
      else {
        this.#flush();
        return at;
      }
    }
    return chunk.length;
  }

  /** What was pending stands in the middle; a CR without its LF is an octet like any other. */
  #flush(): void {
    writeBreaks(this.#sink, this.#breaks);
    if (this.#pendingSpace) this.#write(oneSpace);
    if (this.#pendingCr) this.#write(carriageReturn);
    this.#breaks = 0;
    this.#pendingSpace = false;
    this.#pendingCr = false;
  }

  /** Octet by octet from `from` to the end; nothing is pending there. The canonical form is never longer. */
  #rewrite(chunk: Uint8Array, from: number): void {
    const out = Buffer.allocUnsafe(chunk.length - from);
    let size = 0;
    let breaks = 0;
    let spaced = false;
    let afterCr = false;
    const flush = (): void => {
      for (; breaks > 0; breaks -= 1) {
        out[size++] = cr;
        out[size++] = lf;
      }
      if (spaced) out[size++] = space;
      spaced = false;
    };
    for (let at = from; at < chunk.length; at += 1) {
      const c = chunk[at] ?? 0;
      if (afterCr) {
        afterCr = false;
        if (c === lf) {
          spaced = false;
          breaks += 1;
          continue;
        }
        flush();
        out[size++] = cr;
      }
      if (c === cr) afterCr = true;
      else if (c === space || c === tab) spaced = true;
      else {
        if (spaced || breaks > 0) flush();
        out[size++] = c;
      }
    }
    if (size > 0) this.#write(out.subarray(0, size));
    this.#breaks = breaks;
    this.#pendingSpace = spaced;
    this.#pendingCr = afterCr;
  }

  #write(bytes: Uint8Array): void {
    this.#any = true;
    this.#sink(bytes);
  }
}

const oneSpace = Buffer.from(' ');

/**
 * The longest piece from `from` on that is in relaxed form as it stands: no tab, no space before a space or CR, and
 * not ending in white space. What has no white space but line breaks, as base64, is found by a search, not a loop.
 */
function plainEnd(chunk: Uint8Array, from: number): number {
  let end = contentEnd(chunk, from, chunk.length);
  const tabAt = chunk.indexOf(tab, from);
  if (tabAt >= 0 && tabAt < end) end = contentEnd(chunk, from, tabAt);
  const firstSpace = chunk.indexOf(space, from);
  if (firstSpace < 0) return end;
  // One of two that stand side by side is looked at; most are neither.
  for (let at = firstSpace + 1; at < end; at += 2) {
    const c = chunk[at];
    if (c !== space && c !== cr) continue;
    if (chunk[at - 1] === space) return contentEnd(chunk, from, at - 1);
    const next = chunk[at + 1];
    if (c === space && (next === space || next === cr)) return contentEnd(chunk, from, at);
  }
  return end;
}

/** `end` without the white space and line breaks before it. */
function contentEnd(chunk: Uint8Array, from: number, end: number): number {
  let at = end;
  while (at > from) {
    const c = chunk[at - 1];
    if (c !== space && c !== tab && c !== cr && c !== lf) break;
    at -= 1;
  }
  return at;
}
