import type { Wire } from './wire.ts';

/** Replies are gathered to this many bytes before they go out in one write. */
const gatherBytesMax = 64 * 1024;
/** Above this a chunk goes out as it is rather than being copied together with others. */
const copyBytesMax = 16 * 1024;

/** Gathers replies, so that a pipeline of commands is answered in one packet (RFC 2920 §3.2). */
export class OutBuffer {
  #wire: Wire;
  #chunks: Uint8Array[] = [];
  #sizeBytes = 0;
  #blocked = false;
  #room: (() => void) | undefined;
  #flushPlanned = false;
  #stopped = false;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** The peer reads slowly: nothing more is made until the wire says `drained`. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** What is added from now on goes over another wire; nothing is waiting. */
  moveTo(wire: Wire): void {
    this.#wire = wire;
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

  /** While something slow is under way, what is ready goes out after this round of the event loop. */
  flushSoon(): void {
    if (this.#flushPlanned || this.#chunks.length === 0) return;
    this.#flushPlanned = true;
    setImmediate(() => {
      this.#flushPlanned = false;
      if (!this.#stopped) this.flush();
    });
  }

  /**
   * Pulls pieces only as fast as the peer reads (S-09); ends early once stopped.
   * @param stuck told when the peer has to read first, and when it has
   */
  async pull(pieces: AsyncIterable<Uint8Array>, stuck: (on: boolean) => void): Promise<void> {
    for await (const bytes of pieces) {
      if (this.#stopped) return;
      this.add(bytes);
      this.flushSoon();
      if (this.#blocked) {
        stuck(true);
        await new Promise<void>((resolve) => {
          this.#room = resolve;
        });
        stuck(false);
      }
    }
  }

  /** The peer has read. */
  drained(): void {
    this.#blocked = false;
    this.#room?.();
    this.#room = undefined;
  }

  /** The connection is over: nothing is sent any more, and nobody waits for room. */
  stop(): void {
    this.#stopped = true;
    this.#room?.();
    this.#room = undefined;
  }

  #write(bytes: Uint8Array | undefined): void {
    if (bytes !== undefined && !this.#wire.write(bytes)) this.#blocked = true;
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
