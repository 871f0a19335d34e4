import { join } from 'node:path';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Progress } from '#admin/progress.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { hashFile } from './copy-file.ts';
import type { Manifest, ManifestFile } from './manifest.ts';

/** Every file is there and is the one that was written; asked before anything is restored. Names all that are not. */
export async function verifyBackup(
  folder: string,
  { files }: Pick<Manifest, 'files'>,
  progress: (progress: Progress) => void,
): Promise<Result<void, AdminError>> {
  const wrong: string[] = [];
  for (const [index, file] of files.entries()) {
    const fault = await faultOf(folder, file);
    if (fault !== undefined) wrong.push(fault);
    progress({ what: 'files verified', done: index + 1, total: files.length });
  }
  if (wrong.length === 0) return ok(undefined);
  return err(adminError('backup-wrong', wrong.slice(0, 10).join('; '), folder));
}

async function faultOf(folder: string, { path, sha256 }: ManifestFile): Promise<string | undefined> {
  try {
    const { sha256: found } = await hashFile(join(folder, path));
    return found === sha256 ? undefined : `${join(folder, path)} is damaged`;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return `${join(folder, path)}: ${error.code === 'ENOENT' ? 'it is missing' : error.message}`;
  }
}
