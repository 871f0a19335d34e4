import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

const pieceBytes = 1024 * 1024;

export interface Copied {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Copies a file that nobody has open; synced on return. Rejects with the system's error. */
export async function copySynced(from: string, to: string): Promise<Copied> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await using source = await open(from, 'r');
  await using target = await open(to, 'wx', 0o600);
  const hash = createHash('sha256');
  const piece = Buffer.alloc(pieceBytes);
  let sizeBytes = 0;
  for (;;) {
    const { bytesRead } = await source.read(piece, 0, pieceBytes);
    if (bytesRead === 0) break;
    hash.update(piece.subarray(0, bytesRead));
    await target.write(piece, 0, bytesRead);
    sizeBytes += bytesRead;
  }
  await target.sync();
  return { sizeBytes, sha256: hash.digest('hex') };
}

export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
