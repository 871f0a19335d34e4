import { err, type Result } from '#base/result.ts';
import type { TlsFacts, TlsFailure } from '#platform/dialer.ts';
import { Deadline } from './deadline.ts';
import { Deflater } from './deflater.ts';
import { Inflater } from './inflater.ts';
import type { Timers } from './timers.ts';
import type { Wire, WireListener } from './wire.ts';

/** After so long without a byte the state of both directions is let go (S-09): a client that idles costs no more than a plain one. */
export const quietMs = 1000;

export interface CompressedWireParts {
  /** Carries the compressed bytes; in TLS as a rule, which comes after compression (RFC 4978 §3). */
  readonly inner: Wire;
  readonly timers: Timers;
  /** What came behind the command that asked for compression: compressed, whatever it looks like. */
  readonly ahead: Uint8Array;
  /** What the peer sends is no compressed stream; nothing more comes from it. */
  readonly damaged: (why: string) => void;
}

/** A wire within a wire: raw DEFLATE (RFC 1951) in both directions. Whoever speaks over it need not know. */
export class CompressedWire implements Wire {
  readonly #parts: CompressedWireParts;
  readonly #inner: Wire;
  readonly #deflater: Deflater;
  readonly #inflater: Inflater;
  readonly #quiet: Deadline;
  #listener: WireListener | undefined;
  #isWanted = true;
  #isFull = false;
  /** Nothing is read any more: it is damaged, or the end. */
  #isDeaf = false;
  #isOver = false;

  constructor(parts: CompressedWireParts) {
    this.#parts = parts;
    this.#inner = parts.inner;
    this.#quiet = new Deadline(parts.timers, () => this.#rest());
    this.#deflater = new Deflater({
      send: (bytes) => this.#inner.write(bytes),
      room: () => this.#listener?.drained(),
      failed: () => this.destroy(),
    });
    this.#inflater = new Inflater({
      inflated: (bytes) => this.#listener?.bytes(bytes),
      room: () => this.#full(false),
      ended: () => this.#listener?.ended(),
      damaged: (why) => this.#damaged(why),
    });
  }

  /** Is there state of zlib's, in either direction? */
  get isHolding(): boolean {
    return this.#deflater.isHolding || this.#inflater.isHolding;
  }

  start(listener: WireListener): void {
    this.#listener = listener;
    this.#inner.start({
      bytes: (bytes) => this.#take(bytes),
      ended: () => {
        if (!this.#isDeaf) this.#inflater.end();
      },
      // Also for what was written before compression began.
      drained: () => this.#deflater.resume(),
      gone: (why) => this.#gone(why),
    });
    this.#take(this.#parts.ahead);
  }

  reading(on: boolean): void {
    this.#isWanted = on;
    this.#inflater.reading(on);
    this.#readInner();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isOver) return true;
    this.#wait();
    return this.#deflater.write(bytes);
  }

  /** TLS goes around compression, never into it. */
  secure(): Promise<Result<TlsFacts, TlsFailure>> {
    return Promise.resolve(err({ kind: 'handshake', detail: 'compression is on' }));
  }

  end(whose: 'ours' | 'agreed'): void {
    if (this.#isOver) return;
    const isQuiet = !this.#inflater.isBusy;
    this.#stop();
    this.#deflater.end(() => {
      this.#deflater.destroy();
      this.#inner.end(isQuiet ? whose : 'ours');
    });
  }

  destroy(): void {
    this.#stop();
    this.#deflater.destroy();
    this.#inner.destroy();
  }

  #take(bytes: Uint8Array): void {
    if (this.#isDeaf) return;
    this.#wait();
    if (!this.#inflater.push(bytes)) this.#full(true);
  }

  #full(isFull: boolean): void {
    this.#isFull = isFull;
    this.#readInner();
  }

  #readInner(): void {
    if (!this.#isOver) this.#inner.reading(this.#isWanted && !this.#isFull && !this.#isDeaf);
  }

  #damaged(why: string): void {
    this.#isDeaf = true;
    this.#readInner();
    this.#parts.damaged(why);
  }

  #gone(why: 'closed' | 'reset'): void {
    this.#stop();
    this.#deflater.destroy();
    this.#listener?.gone(why);
  }

  #stop(): void {
    this.#isOver = true;
    this.#isDeaf = true;
    this.#quiet.end();
    this.#inflater.destroy();
  }

  #wait(): void {
    this.#quiet.set(quietMs);
  }

  /** What is still at work is looked at once more. */
  #rest(): void {
    this.#deflater.rest();
    this.#inflater.rest();
    if (this.#deflater.isHolding || this.#inflater.isBusy) this.#wait();
  }
}
