import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';

/** What a backup folder says of itself; written last, so that a folder without it is no backup. */
export interface Manifest {
  readonly format: 1;
  readonly version: string;
  readonly madeAt: string;
  readonly masterKeyId: string;
  readonly files: readonly ManifestFile[];
}

export interface ManifestFile {
  /** From the data folder; of our own naming. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export const manifestName = 'backup.json';

/** Only names that a data folder has, so that no backup can write elsewhere. */
const pathPattern = /^(?:[\w-]+\/)*[\w-]+(?:\.db|\.db-wal)?$/;

export async function readManifest(folder: string): Promise<Result<Manifest, AdminError>> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined)
    return err(adminError('backup-wrong', `${folder} holds no complete backup`, folder));
  const manifest = parse(text);
  if (manifest === undefined)
    return err(adminError('backup-wrong', `${join(folder, manifestName)} cannot be understood`, folder));
  return ok(manifest);
}

function parse(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<Manifest>;
    return value.format === 1 && Array.isArray(value.files) && value.files.every(isFile)
      ? (value as Manifest)
      : undefined;
  } catch {
    return undefined;
  }
}

function isFile(value: Partial<ManifestFile>): boolean {
  return (
    typeof value.path === 'string' &&
    pathPattern.test(value.path) &&
    typeof value.sha256 === 'string' &&
    typeof value.sizeBytes === 'number'
  );
}

/** Each account is one file (STORAGE §1). */
export function accountsIn({ files }: Manifest): number {
  return files.filter(({ path }) => path.startsWith('accounts/') && path.endsWith('.db')).length;
}
