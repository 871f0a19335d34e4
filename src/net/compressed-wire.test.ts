import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextRound } from 'node:timers/promises';
import { constants, createDeflateRaw, createInflateRaw, deflateRawSync } from 'node:zlib';
import { CompressedWire } from './compressed-wire.ts';
import { MemoryWire } from './memory-wire.ts';
import type { Timers } from './timers.ts';

/** Timers that fire when a test says so. */
class HandTimers implements Timers {
  #nowMs = 0;
  #due = new Map<() => void, number>();

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, callback: () => void): () => void {
    this.#due.set(callback, this.#nowMs + ms);
    return () => void this.#due.delete(callback);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const [callback, atMs] of this.#due) {
      if (atMs > this.#nowMs) continue;
      this.#due.delete(callback);
      callback();
    }
  }

  get waiting(): number {
    return this.#due.size;
  }
}

export class CompressedPeer {
  readonly timers = new HandTimers();
  readonly heard: Buffer[] = [];
  readonly sentBytes: number[] = [];
  readonly said: Buffer[] = [];
  readonly notes: string[] = [];
  readonly wire: MemoryWire;
  readonly compressed: CompressedWire;
  /** Each push of ours comes out whole, as a client's would. */
  readonly deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
  readonly #inflate = createInflateRaw();

  constructor(ahead: Uint8Array = new Uint8Array()) {
    this.wire = new MemoryWire({
      received: (bytes) => {
        this.sentBytes.push(bytes.length);
        this.#inflate.write(bytes);
      },
      closed: (how) => void this.notes.push(how),
    });
    this.#inflate.on('data', (bytes: Buffer) => this.said.push(bytes));
    this.compressed = new CompressedWire({
      inner: this.wire,
      timers: this.timers,
      ahead,
      damaged: (why) => this.notes.push(`damaged: ${why}`),
    });
    this.compressed.start({
      bytes: (bytes) => this.heard.push(Buffer.from(bytes)),
      ended: () => this.notes.push('ended'),
      drained: () => this.notes.push('drained'),
      gone: (why) => this.notes.push(why),
    });
    this.compressed.reading(true);
  }

  get heardText(): string {
    return Buffer.concat(this.heard).toString('latin1');
  }

  get saidText(): string {
    return Buffer.concat(this.said).toString('latin1');
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    for (let round = 0; round < 10_000; round += 1) {
      if (holds()) return;
      await nextRound();
    }
    assert.fail(`waited for ${what}; ${this.notes.join(', ')}`);
  }
}

const sync = { finishFlush: constants.Z_SYNC_FLUSH } as const;

test('what is written comes out whole; what comes is told inflated', async () => {
  const peer = new CompressedPeer();
  peer.compressed.write(Buffer.from('* OK ready\r\n'));
  await peer.until(() => peer.saidText === '* OK ready\r\n', 'the greeting');
  peer.wire.send(deflateRawSync('a NOOP\r\n', sync));
  await peer.until(() => peer.heardText === 'a NOOP\r\n', 'the command');
});
