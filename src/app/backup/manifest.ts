import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupFiles } from '#admin/backup/backup-files.ts';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';

/** What a backup folder says of itself; written last, so that a folder without it is no backup. */
export interface Manifest {
  readonly format: 1;
  readonly version: string;
  readonly madeAt: string;
  readonly expiresAt: string;
  readonly masterKeyId: string;
  /** `all`, or the id of the one account that it is of. */
  readonly scope: string;
  readonly files: readonly ManifestFile[];
  /** What could not be read, each with the reason. */
  readonly missing: readonly string[];
}

export interface ManifestFile {
  /** From the data folder; of our own naming. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export const manifestName = 'backup.json';

/** Only names that a data folder has, so that no backup can write elsewhere. */
const pathPattern = /^(?:[\w-]+\/)*[\w-]+(?:\.db)?$/;

export async function readManifest(folder: string): Promise<Result<Manifest, AdminError>> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined)
    return err(adminError('backup-wrong', `${folder} holds no complete backup`, folder));
  const manifest = parse(text);
  if (manifest === undefined)
    return err(adminError('backup-wrong', `${join(folder, manifestName)} cannot be understood`, folder));
  return ok(manifest);
}

const texts = ['version', 'madeAt', 'expiresAt', 'masterKeyId', 'scope'] as const;

function parse(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<Manifest>;
    const known =
      value.format === 1 &&
      texts.every((name) => typeof value[name] === 'string') &&
      Array.isArray(value.missing) &&
      Array.isArray(value.files) &&
      value.files.every(isFile);
    return known ? (value as Manifest) : undefined;
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

export function isAccountFile({ path }: ManifestFile): boolean {
  return path.startsWith('accounts/');
}

export function isBody({ path }: ManifestFile): boolean {
  return path.startsWith('bodies/');
}

export function describe(folder: string, manifest: Manifest): BackupFiles {
  const { madeAt, expiresAt, version, masterKeyId, files, missing } = manifest;
  return {
    folder,
    madeAt,
    expiresAt,
    version,
    accounts: files.filter(isAccountFile).length,
    files: files.length,
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    masterKeyId,
    missing,
  };
}
