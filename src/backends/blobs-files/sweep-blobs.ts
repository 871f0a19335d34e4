import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { idTimeMs, parseId } from '#base/id.ts';
import type { BlobId } from '#base/id.ts';

export interface BlobSweep {
  /** As given to `openFileBlobs`. */
  readonly folder: string;
  /** Every body that the queue or an account names. Gather it after `beforeMs`, or a new one is taken for lost. */
  readonly used: ReadonlySet<BlobId>;
  /** Bodies made later are left alone: their message may be under way. Milliseconds since 1970. */
  readonly beforeMs: number;
}

/**
 * Deletes committed bodies that nobody names: a crash between a body's commit and its message's leaves one behind. Returns
 * how many went.
 */
export async function sweepBlobs({ folder, used, beforeMs }: BlobSweep): Promise<number> {
  let gone = 0;
  for (const part of await readdir(folder, { withFileTypes: true })) {
    if (!part.isDirectory() || part.name.length !== 2) continue;
    for (const name of await readdir(join(folder, part.name))) {
      const id = parseId<BlobId>(name);
      if (id === undefined || used.has(id) || idTimeMs(id) >= beforeMs) continue;
      await unlink(join(folder, part.name, name));
      gone += 1;
    }
  }
  return gone;
}
