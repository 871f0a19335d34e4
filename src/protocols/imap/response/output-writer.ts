import { Buffer } from 'node:buffer';
import { outputChunkBytes } from '../limits.ts';

/** A piece larger than this goes out as it is instead of being copied together with its neighbours. */
const copiedBytesMax = 16_384;

/** Each buffer is so many times as large as the one before, up to a chunk: most answers end within the first. */
const firstBufferBytes = 2_048;
const growth = 4;

/** Short texts are put together before they become bytes: a call for each would cost more than its work. */
const gatheredCharacters = 2_048;
const shortCharacters = 96;

/** Takes what is written, in order. */
export interface WireWriter {
  /** One byte per character. */
  text(wire: string): void;
  /** Bytes that do not change any more. */
  bytes(bytes: Uint8Array): void;
}

/** Gathers responses in chunks of 64 KiB, so that 10,000 small ones cost a few writes. */
export class OutputWriter implements WireWriter {
  #buffer = Buffer.allocUnsafe(firstBufferBytes);
  #from = 0;
  #to = 0;
  #ready: Uint8Array[] = [];
  #text = '';

  /** Chunks that are full and wait to be taken. */
  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  text(wire: string): void {
    if (wire.length > shortCharacters) {
      this.#writeText();
      this.#write(wire);
      return;
    }
    this.#text += wire;
    if (this.#text.length >= gatheredCharacters) this.#writeText();
  }

  bytes(bytes: Uint8Array): void {
    this.#writeText();
    if (bytes.length > copiedBytesMax) {
      this.#pass(bytes);
      return;
    }
    if (bytes.length > this.#buffer.length - this.#to) this.#renew(bytes.length);
    this.#buffer.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  /** What is ready; with `all` also what is not full yet. */
  take(all: boolean): readonly Uint8Array[] {
    if (all) {
      this.#writeText();
      this.#cut();
    }
    const ready = this.#ready;
    if (ready.length > 0) this.#ready = [];
    return ready;
  }

  #writeText(): void {
    const text = this.#text;
    if (text === '') return;
    this.#text = '';
    this.#write(text);
  }

  #write(text: string): void {
    if (text.length > copiedBytesMax) {
      this.#pass(Buffer.from(text, 'latin1'));
      return;
    }
    if (text.length > this.#buffer.length - this.#to) this.#renew(text.length);
    this.#to += this.#buffer.write(text, this.#to, 'latin1');
  }

  /** As it is, behind what was written before. */
  #pass(bytes: Uint8Array): void {
    this.#cut();
    this.#ready.push(bytes);
  }

  #cut(): void {
    if (this.#to > this.#from) this.#ready.push(this.#buffer.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  #renew(neededBytes: number): void {
    this.#cut();
    const sizeBytes = Math.max(neededBytes, this.#buffer.length * growth);
    this.#buffer = Buffer.allocUnsafeSlow(Math.min(sizeBytes, outputChunkBytes));
    this.#from = 0;
    this.#to = 0;
  }
}
