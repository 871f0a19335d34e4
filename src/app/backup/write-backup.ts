import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Progress } from '#admin/progress.ts';
import { copySynced, syncFolder } from './copy-file.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { manifestName } from './manifest.ts';

export interface BackupTask {
  readonly dataDir: string;
  readonly folder: string;
  readonly version: string;
  readonly masterKeyId: string;
  readonly nowMs: number;
}

/**
 * Copies the store's files, sealed as they are. The caller holds the data folder's lock and nobody has the store open:
 * copying a live database would drop its locks (STORAGE §1).
 */
export async function writeBackup(
  task: BackupTask,
  progress: (progress: Progress) => void,
): Promise<Manifest> {
  await mkdir(task.folder, { recursive: true, mode: 0o700 });
  const paths = await storeFiles(task.dataDir);
  const files: ManifestFile[] = [];
  for (const path of paths) {
    const copied = await copySynced(join(task.dataDir, path), join(task.folder, path));
    files.push({ path, ...copied });
    progress({ what: 'files copied', done: files.length, total: paths.length });
  }
  const madeAt = new Date(task.nowMs).toISOString();
  const manifest: Manifest = {
    format: 1,
    version: task.version,
    madeAt,
    masterKeyId: task.masterKeyId,
    files,
  };
  const name = join(task.folder, manifestName);
  await writeFile(name, `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600, flush: true });
  await syncFolder(task.folder);
  return manifest;
}

/** Databases and bodies; what was still being written is nobody's yet. */
export async function storeFiles(dataDir: string): Promise<readonly string[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dataDir, join(entry.parentPath, entry.name)))
    .filter(
      (path) => /\.db(-wal)?$/.test(path) || (path.startsWith('bodies/') && !path.startsWith('bodies/new/')),
    )
    .sort();
}
