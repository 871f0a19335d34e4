import assert from 'node:assert/strict';
import { setImmediate as nextRound, setTimeout as sleep } from 'node:timers/promises';
import { constants, createDeflateRaw, inflateRawSync, type DeflateRaw, type ZlibOptions } from 'node:zlib';
import { CompressedWire, quietMs } from './compressed-wire.ts';
import { HandTimers } from './hand-timers.fixture.ts';
import { MemoryWire } from './memory-wire.ts';

/** One that cannot be compressed, the same each time. */
export function noise(sizeBytes: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let state = seed;
  for (let at = 0; at < sizeBytes; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** What the threads that compress do is done some rounds later; on a busy machine after many. */
const patienceMs = 20_000;

export async function until(holds: () => boolean, otherwise: () => string): Promise<void> {
  const endsAtMs = performance.now() + patienceMs;
  for (let round = 0; !holds(); round += 1) {
    assert.ok(performance.now() < endsAtMs, otherwise());
    if (round < 100) await nextRound();
    else await sleep(1);
  }
}

export interface CompressedPeerOptions {
  /** What came behind the command that began compression. */
  readonly ahead?: Uint8Array;
  /** How the peer compresses. */
  readonly deflate?: ZlibOptions;
  /** Called in the middle of whatever the wire tells. */
  readonly heard?: (bytes: Uint8Array) => void;
}

/** A compressed wire with both of its ends in hand: the peer's, and the conversation's. */
export class CompressedPeer {
  readonly timers = new HandTimers();
  readonly inner: MemoryWire;
  readonly wire: CompressedWire;
  /** What else the conversation was told. */
  readonly notes: string[] = [];
  heard = Buffer.alloc(0);
  sentBytes = 0;
  readonly #sent: Buffer[] = [];
  readonly #deflate: DeflateRaw;
  readonly #deflated: Buffer[] = [];

  constructor(options: CompressedPeerOptions = {}) {
    this.#deflate = createDeflateRaw(options.deflate);
    this.#deflate.on('data', (bytes: Buffer) => this.#deflated.push(bytes));
    this.inner = new MemoryWire({
      received: (bytes) => {
        this.#sent.push(Buffer.from(bytes));
        this.sentBytes += bytes.length;
      },
      closed: (how) => void this.notes.push(how),
    });
    this.wire = new CompressedWire({
      inner: this.inner,
      timers: this.timers,
      ahead: options.ahead ?? new Uint8Array(),
      damaged: (why) => this.notes.push(`damaged: ${why}`),
    });
    this.wire.start({
      bytes: (bytes) => {
        this.heard = Buffer.concat([this.heard, bytes]);
        options.heard?.(bytes);
      },
      ended: () => this.notes.push('ended'),
      drained: () => this.notes.push('drained'),
      gone: (why) => this.notes.push(why),
    });
    this.wire.reading(true);
  }

  /** What the peer understands of all that was sent. */
  get understood(): Buffer {
    return inflateRawSync(Buffer.concat(this.#sent), { finishFlush: constants.Z_SYNC_FLUSH });
  }

  /** The peer's stream goes on with these, up to a flush. */
  async compressed(bytes: Uint8Array, flush: number = constants.Z_SYNC_FLUSH): Promise<Buffer> {
    if (bytes.length > 0) this.#deflate.write(bytes);
    await new Promise<void>((resolve) => this.#deflate.flush(flush, resolve));
    await nextRound();
    return Buffer.concat(this.#deflated.splice(0));
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    await until(holds, () => `waited for ${what}; ${this.notes.join(', ')}`);
  }

  untilHeard(bytes: Uint8Array): Promise<void> {
    return this.until(() => this.heard.length >= bytes.length, 'what was sent').then(() =>
      assert.ok(this.heard.equals(bytes)),
    );
  }

  untilUnderstood(bytes: Uint8Array): Promise<void> {
    return this.until(() => this.understood.length >= bytes.length, 'what was written').then(() =>
      assert.ok(this.understood.equals(bytes)),
    );
  }

  /** Seconds pass until all state is let go. */
  rested(): Promise<void> {
    return this.until(() => {
      this.timers.pass(quietMs);
      return !this.wire.isHolding;
    }, 'rest');
  }

  /** Long enough for whatever is under way in memory. */
  async settle(): Promise<void> {
    for (let round = 0; round < 5; round += 1) {
      await nextRound();
      await sleep(4);
    }
  }
}
