import { open, rename, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { BlobId } from '#base/id.ts';
import type { BlobTrouble, BlobWriter } from '#platform/blobs.ts';
import { blobHeader, frameBytes, frameKey, sealFrame } from './blob-frame.ts';
import { blobTrouble } from './blob-trouble.ts';
import { syncFolder } from './folders.ts';

export interface BlobWriterOptions {
  readonly id: BlobId;
  readonly bodyKey: Uint8Array;
  readonly fileId: Uint8Array;
  /** Where it grows, and where it is found once committed. */
  readonly temporary: string;
  readonly path: string;
  readonly folder: string;
  /** The folder's name is durable on return. */
  readonly makeFolder: (folder: string) => Promise<void>;
}

/** Seals frames to a temporary file as they come; `commit` syncs it, gives it its name and syncs the folder. */
export function blobWriter(options: BlobWriterOptions): BlobWriter {
  const { id, bodyKey, temporary, path, folder, makeFolder } = options;
  const key = frameKey(bodyKey, options.fileId);
  const frame = Buffer.alloc(frameBytes);
  let filled = 0;
  let number = 0;
  let sizeBytes = 0;
  let file: FileHandle | undefined;
  let trouble: BlobTrouble | undefined;
  let work: Promise<void> | undefined;
  let done = false;

  async function start(): Promise<FileHandle> {
    if (file !== undefined) return file;
    file = await open(temporary, 'wx', 0o600);
    await file.writeFile(blobHeader(options.fileId));
    return file;
  }

  async function writeFrame(sealed: Uint8Array): Promise<void> {
    if (trouble !== undefined) return;
    try {
      await (await start()).writeFile(sealed);
    } catch (error) {
      trouble = blobTrouble(error, temporary);
    }
  }

  /** One write after the other, whether or not the caller waits. */
  function push(last: boolean): Promise<void> {
    const sealed = sealFrame(key, { number, last }, frame.subarray(0, filled));
    number += 1;
    filled = 0;
    work = (work ?? Promise.resolve()).then(() => writeFrame(sealed));
    return work;
  }

  function write(bytes: Uint8Array): void | Promise<void> {
    if (done) throw new Error('written to after its end');
    let pushed: Promise<void> | undefined;
    sizeBytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      // A full frame waits for the next byte: only then is it known not to be the last.
      if (filled === frameBytes) pushed = push(false);
      const taken = Math.min(frameBytes - filled, bytes.length - at);
      frame.set(bytes.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
    }
    return pushed;
  }

  async function abandon(): Promise<void> {
    await work;
    await file?.close().catch(() => undefined);
    file = undefined;
    await unlink(temporary).catch(() => undefined);
  }

  async function commit(): Promise<
    Result<{ readonly id: BlobId; readonly key: Uint8Array; readonly sizeBytes: number }, BlobTrouble>
  > {
    done = true;
    await push(true);
    try {
      if (trouble === undefined) {
        await file?.sync();
        await file?.close();
        file = undefined;
        await makeFolder(folder);
        await rename(temporary, path);
        await syncFolder(folder);
        return ok({ id, key: bodyKey, sizeBytes });
      }
    } catch (error) {
      trouble = blobTrouble(error, temporary);
    }
    await abandon();
    return err(trouble);
  }

  return {
    write,
    commit,
    async discard() {
      done = true;
      await abandon();
    },
  };
}
