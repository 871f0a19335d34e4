import type { Awaitable, Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import type { BlobTrouble, BlobWriter, Blobs } from '#platform/blobs.ts';
import { inlineBodyBytesMax } from '#store/contract/messages.ts';
import type { MessageBody } from '#store/contract/messages.ts';
import { ByteCollector } from '#base/byte-collector.ts';

/**
 * Where a body waits for its end: in memory while it is small enough to lie in a row, else sealed frame by frame as
 * it comes (STORAGE §3), so that a large message never stands in memory.
 */
export class Spool {
  readonly #blobs: Blobs;
  readonly #inline = new ByteCollector();
  #writer: BlobWriter | undefined;
  #sizeBytes = 0;

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  write(bytes: Uint8Array): Awaitable<void> {
    this.#sizeBytes += bytes.byteLength;
    if (this.#writer !== undefined) return this.#writer.write(bytes);
    if (this.#sizeBytes <= inlineBodyBytesMax) {
      this.#inline.append(bytes);
      return undefined;
    }
    return this.#spill(this.#blobs.create(), bytes);
  }

  finish(): Awaitable<Result<MessageBody, BlobTrouble>> {
    if (this.#writer !== undefined) return this.#commit(this.#writer);
    return ok({ kind: 'bytes', bytes: this.#inline.view() } as const);
  }

  /** Nothing of it remains. */
  discard(): Awaitable<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    return writer?.discard();
  }

  async #spill(writer: BlobWriter, bytes: Uint8Array): Promise<void> {
    this.#writer = writer;
    await writer.write(this.#inline.view());
    await writer.write(bytes);
  }

  async #commit(writer: BlobWriter): Promise<Result<MessageBody, BlobTrouble>> {
    this.#writer = undefined;
    const blob = await writer.commit();
    return blob.ok ? ok({ kind: 'blob', ...blob.value } as const) : blob;
  }
}
