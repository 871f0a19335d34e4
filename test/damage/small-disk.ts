import { mkdirSync, openSync, closeSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, removeFolder, runTool } from '#test/peers/peer.ts';

/** A file system of its own that can be filled to any point. */
export interface SmallDisk {
  readonly dir: string;
  freeBytes(): number;
  /** Leaves so many bytes free. */
  fill(leaveBytes: number): void;
  empty(): void;
  end(): Promise<void>;
}

/** Why there can be none here, or undefined. */
export const noSmallDisk = process.getuid?.() === 0 ? undefined : 'needs root to mount a small file system';

const pieceBytes = 256 * 1024;

export async function makeSmallDisk(sizeMib: number): Promise<SmallDisk> {
  const parent = makeFolder('disk');
  const image = join(parent, 'image');
  const dir = join(parent, 'mounted');
  mkdirSync(dir);
  await runTool('truncate', ['-s', `${String(sizeMib)}M`, image]);
  await runTool('mkfs.ext4', ['-q', '-m', '0', image]);
  await runTool('mount', ['-o', 'loop', image, dir]);
  const filler = join(dir, 'filler');
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  };
  return {
    dir,
    freeBytes,
    fill(leaveBytes) {
      const file = openSync(filler, 'a');
      const piece = Buffer.alloc(pieceBytes, 1);
      try {
        while (freeBytes() > leaveBytes)
          writeSync(file, piece, 0, Math.min(pieceBytes, freeBytes() - leaveBytes));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(filler, { force: true }),
    async end() {
      await runTool('umount', [dir]);
      removeFolder(parent);
    },
  };
}
