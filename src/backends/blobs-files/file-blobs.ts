import { copyFile, link, open, readdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeId } from '#base/id.ts';
import type { BlobId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import { bodyKeyBytes, fileIdBytes } from './blob-frame.ts';
import { readBlob } from './blob-reader.ts';
import { bodyPath } from './body-path.ts';
import { blobTrouble } from './blob-trouble.ts';
import { blobWriter } from './blob-writer.ts';
import { folderMaker, syncFolder } from './folders.ts';

export interface FileBlobsOptions {
  /** Bodies lie below it in folders of their own, growing ones in `new/`. Nobody else writes here. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
}

const growing = 'new';

/** Bodies over 64 KiB as sealed files (STORAGE §3). What a crash left half written is swept away at the start. */
export async function openFileBlobs({ folder, clock, random }: FileBlobsOptions): Promise<Blobs> {
  const makeFolder = folderMaker();
  const temporaryFolder = join(folder, growing);
  await makeFolder(folder);
  await makeFolder(temporaryFolder);
  await sweep(temporaryFolder);

  const newId = (): BlobId => makeId<BlobId>(clock.now(), random.bytes(10));
  const folderOf = (id: BlobId): string => dirname(pathOf(id));
  const pathOf = (id: BlobId): string => join(folder, bodyPath(id));

  async function linkOrCopy(from: string, to: string): Promise<void> {
    try {
      await link(from, to);
    } catch (error) {
      // Another file system, one that knows no links, or the limit of links to one file (EMLINK).
      if (!isOneOf(error, ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'])) throw error;
      await copySynced(from, to);
    }
  }

  return {
    create() {
      const id = newId();
      return blobWriter({
        id,
        bodyKey: random.bytes(bodyKeyBytes),
        fileId: random.bytes(fileIdBytes),
        temporary: join(temporaryFolder, id),
        path: pathOf(id),
        folder: folderOf(id),
        makeFolder,
      });
    },
    open: (id, key, range) => readBlob(pathOf(id), key, range),
    async link(id) {
      const own = newId();
      try {
        await makeFolder(folderOf(own));
        await linkOrCopy(pathOf(id), pathOf(own));
        await syncFolder(folderOf(own));
        return ok(own);
      } catch (error) {
        return err(blobTrouble(error, pathOf(id)));
      }
    },
    async remove(id) {
      // What stays behind costs room and no mail: the next sweep finds it.
      await unlink(pathOf(id)).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error)) throw error;
      });
    },
  };
}

async function copySynced(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const file = await open(to, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await unlink(join(folder, name));
}

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
