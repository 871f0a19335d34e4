import type { Wire } from './wire.ts';

/** Replies are gathered to this many bytes before they go out in one write. */
const gatherBytesMax = 64 * 1024;
/** Above this a chunk goes out as it is rather than being copied together with others. */
const copyBytesMax = 16 * 1024;

/** Gathers replies, so that a pipeline of commands is answered in one packet (RFC 2920 §3.2). */
export class OutBuffer {
  readonly #wire: Wire;
  #chunks: Uint8Array[] = [];
  #sizeBytes = 0;
  /** The peer reads slowly: nothing more is made until the wire says `drained`. */
  blocked = false;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#sizeBytes += bytes.length;
    if (this.#sizeBytes >= gatherBytesMax) this.flush();
  }

  flush(): void {
    const chunks = this.#chunks;
    if (chunks.length === 0) return;
    this.#chunks = [];
    this.#sizeBytes = 0;
    if (chunks.length === 1) this.#write(chunks[0]);
    else for (const piece of gather(chunks)) this.#write(piece);
  }

  #write(bytes: Uint8Array | undefined): void {
    if (bytes !== undefined && !this.#wire.write(bytes)) this.blocked = true;
  }
}

/** Small neighbours copied together, large ones left alone. */
function gather(chunks: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (chunk.length > copyBytesMax) {
      if (small.length > 0) pieces.push(Buffer.concat(small));
      small = [];
      pieces.push(chunk);
    } else {
      small.push(chunk);
    }
  }
  if (small.length > 0) pieces.push(Buffer.concat(small));
  return pieces;
}
