import { createHash } from 'node:crypto';
import { createCanonicalBody } from './canonical-body.ts';
import type { CanonicalBody } from './canonical-body.ts';
import type { Canonicalization } from './canonical-header.ts';

/** A body, hashed. */
export interface HashedBody {
  /** Octets of the canonical form. */
  readonly sizeBytes: number;
  readonly digest: Buffer;
  /** The hash of the first so many octets, asked for before; nothing when the body is shorter. */
  digestOf(bytes: number): Buffer | undefined;
}

/**
 * SHA-256 of a body in canonical form (RFC 6376 §3.7), in any chunking. Each octet is hashed once, however many
 * lengths (`l=`) are asked for.
 */
export class BodyHash {
  readonly #hash = createHash('sha256');
  readonly #canonical: CanonicalBody;
  /** Lengths asked for, the largest first, and their hashes so far. */
  readonly #marks: number[];
  readonly #digests = new Map<number, Buffer>();
  #sizeBytes = 0;
  #ended: HashedBody | undefined;

  /** @param lengths values of `l=` to answer for */
  constructor(form: Canonicalization, lengths: Iterable<number> = []) {
    this.#canonical = createCanonicalBody(form, (bytes) => this.#write(bytes));
    this.#marks = [...new Set(lengths)].toSorted((a, b) => b - a);
    this.#reach(0);
  }

  update(chunk: Uint8Array): void {
    if (this.#ended !== undefined) throw new Error('the body has ended');
    this.#canonical.update(chunk);
  }

  /** After the last octet; may be asked again. */
  end(): HashedBody {
    if (this.#ended !== undefined) return this.#ended;
    this.#canonical.end();
    this.#ended = {
      sizeBytes: this.#sizeBytes,
      digest: this.#hash.digest(),
      digestOf: (bytes) => this.#digests.get(bytes),
    };
    return this.#ended;
  }

  #write(bytes: Uint8Array): void {
    let left = bytes;
    for (
      let mark = this.#marks.at(-1);
      mark !== undefined && mark - this.#sizeBytes <= left.length;
      mark = this.#marks.at(-1)
    ) {
      const now = mark - this.#sizeBytes;
      this.#hash.update(left.subarray(0, now));
      left = left.subarray(now);
      this.#reach(mark);
    }
    if (left.length === 0) return;
    this.#hash.update(left);
    this.#sizeBytes += left.length;
  }

  #reach(sizeBytes: number): void {
    this.#sizeBytes = sizeBytes;
    if (this.#marks.at(-1) !== sizeBytes) return;
    this.#digests.set(sizeBytes, this.#hash.copy().digest());
    this.#marks.pop();
  }
}
