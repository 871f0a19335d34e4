import { createHash } from 'node:crypto';
import { mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

const pieceBytes = 1024 * 1024;

export interface Copied {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Copies a file that nobody has open, to where none is; synced on return. Rejects with the system's error, and leaves nothing. */
export async function copySynced(from: string, to: string): Promise<Copied> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await using target = await open(to, 'wx', 0o600);
  try {
    const copied = await readThrough(from, (piece) => target.writeFile(piece));
    await target.sync();
    return copied;
  } catch (error) {
    await unlink(to);
    throw error;
  }
}

export function hashFile(path: string): Promise<Copied> {
  return readThrough(path, async () => undefined);
}

async function readThrough(path: string, each: (piece: Uint8Array) => Promise<void>): Promise<Copied> {
  await using source = await open(path, 'r');
  const hash = createHash('sha256');
  const piece = Buffer.alloc(pieceBytes);
  let sizeBytes = 0;
  for (;;) {
    const { bytesRead } = await source.read(piece, 0, pieceBytes);
    if (bytesRead === 0) return { sizeBytes, sha256: hash.digest('hex') };
    const bytes = piece.subarray(0, bytesRead);
    hash.update(bytes);
    await each(bytes);
    sizeBytes += bytesRead;
  }
}

export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
