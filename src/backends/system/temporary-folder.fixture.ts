import { mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk in memory: tests write thousands of small files with a sync each, and most say nothing of the disk. */
const memoryDisk = '/dev/shm';

/** Containers have 64 MiB of it, which a disk reserve takes for full. */
const freeBytesMin = 1_073_741_824;

/** A new folder for one test, which removes it. */
export async function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(await baseFolder(), `postern-${name}-`));
}

async function baseFolder(): Promise<string> {
  const disk = await statfs(memoryDisk).catch(() => undefined);
  const isRoomy = disk !== undefined && disk.bavail * disk.bsize >= freeBytesMin;
  // A folder that somebody named is taken as it is.
  return isRoomy && process.env['TMPDIR'] === undefined ? memoryDisk : tmpdir();
}
