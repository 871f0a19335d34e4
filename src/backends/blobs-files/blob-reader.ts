import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { BlobTrouble } from '#platform/blobs.ts';
import {
  blobShape,
  frameBytes,
  frameKey,
  frameRange,
  headerBytes,
  openFrame,
  readBlobHeader,
} from './blob-frame.ts';
import type { BlobShape, FrameKey } from './blob-frame.ts';
import { corruptBlob, unreadableBlob } from './blob-trouble.ts';

interface OpenBlob {
  readonly path: string;
  readonly file: FileHandle;
  readonly shape: BlobShape;
  readonly key: FrameKey;
}

/** Plain bytes of a range (clipped to the body), a frame at a time; opens only the frames it touches. */
export async function* readBlob(
  path: string,
  bodyKey: Uint8Array,
  range: { readonly start: number; readonly end: number } | undefined,
): AsyncIterable<Result<Uint8Array, BlobTrouble>> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const blob = await openBlob(path, file, bodyKey);
    if (!blob.ok) yield blob;
    else yield* readFrames(blob.value, range ?? { start: 0, end: blob.value.shape.sizeBytes });
  } catch (error) {
    yield err(unreadableBlob(error, path));
  } finally {
    await file?.close();
  }
}

async function openBlob(
  path: string,
  file: FileHandle,
  bodyKey: Uint8Array,
): Promise<Result<OpenBlob, BlobTrouble>> {
  const shape = blobShape((await file.stat()).size);
  const fileId = readBlobHeader(await readAt(file, 0, headerBytes));
  if (shape === undefined || fileId === undefined) return corruptBlob(path, 'it is cut or not a body file');
  return ok({ path, file, shape, key: frameKey(bodyKey, fileId) });
}

async function* readFrames(
  blob: OpenBlob,
  range: { readonly start: number; readonly end: number },
): AsyncIterable<Result<Uint8Array, BlobTrouble>> {
  const start = Math.max(0, range.start);
  const end = Math.min(range.end, blob.shape.sizeBytes);
  for (let number = Math.floor(start / frameBytes); number * frameBytes < end; number += 1) {
    const frame = await readFrame(blob, number);
    if (!frame.ok) {
      yield frame;
      return;
    }
    const base = number * frameBytes;
    const part = frame.value.subarray(Math.max(0, start - base), Math.min(frame.value.length, end - base));
    if (part.length > 0) yield ok(part);
  }
}

async function readFrame(blob: OpenBlob, number: number): Promise<Result<Uint8Array, BlobTrouble>> {
  const { at, bytes } = frameRange(blob.shape, number);
  const sealed = await readAt(blob.file, at, bytes);
  const last = number === blob.shape.frames - 1;
  const plain = openFrame(blob.key, { number, last }, sealed);
  return plain === undefined ? corruptBlob(blob.path, `frame ${number} does not open`) : ok(plain);
}

async function readAt(file: FileHandle, at: number, bytes: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, at);
  return buffer.subarray(0, bytesRead);
}
