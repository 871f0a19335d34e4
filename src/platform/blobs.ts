import type { Awaitable, Result } from '#base/result.ts';
import type { BlobId } from '#base/id.ts';

export type BlobTrouble =
  | { readonly code: 'disk-full'; readonly detail: string }
  | { readonly code: 'not-found'; readonly detail: string }
  | { readonly code: 'corrupt'; readonly file: string; readonly detail: string }
  | { readonly code: 'io'; readonly file: string; readonly detail: string };

/** A body on its way in: sealed frame by frame, nothing of it visible before `commit`. */
export interface BlobWriter {
  /** Copies what it needs; a trouble is kept and reported by `commit`. Await for back-pressure. */
  write(bytes: Uint8Array): Awaitable<void>;
  /** Returns once the file and its folder are synced; `key` opens it and belongs in a sealed record. */
  commit(): Promise<
    Result<{ readonly id: BlobId; readonly key: Uint8Array; readonly sizeBytes: number }, BlobTrouble>
  >;
  discard(): Promise<void>;
}

/** Bodies over 64 KiB, each sealed under a key of its own (STORAGE §3). */
export interface Blobs {
  create(): BlobWriter;
  /** Plain bytes of [start, end) in frames of at most 64 KiB; nothing is released before its tag holds. */
  open(
    id: BlobId,
    key: Uint8Array,
    range?: { readonly start: number; readonly end: number },
  ): AsyncIterable<Result<Uint8Array, BlobTrouble>>;
  /** The same sealed file under a second name (hard link, or copy across file systems); synced on return. */
  link(id: BlobId): Promise<Result<BlobId, BlobTrouble>>;
  remove(id: BlobId): Promise<void>;
}
