import { link, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AdminError } from '#admin/errors.ts';
import { troubleError } from '#admin/trouble-error.ts';
import type { AccountId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { openSqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { Store } from '#store/contract/store.ts';
import type { World } from '../parts/world.ts';
import { copySynced } from './copy-file.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { isAccountFile, isBody } from './manifest.ts';

export interface StageTask {
  readonly folder: string;
  readonly dataDir: string;
  readonly manifest: Manifest;
  /** Only this account's file; all of them when not given. */
  readonly account?: AccountId;
  readonly secrets: Secrets;
  readonly world: World;
}

const stageName = 'restoring';

/**
 * Opens a copy of a backup as a store of its own beside the live one, sealed as it is: the backup itself is never
 * opened or changed. It is closed and deleted with `stack`; what a crash left is deleted first.
 */
export async function stageBackup(
  task: StageTask,
  stack: AsyncDisposableStack,
): Promise<Result<Store, AdminError>> {
  const { dataDir, folder, manifest, secrets, world } = task;
  const dir = join(dataDir, stageName);
  const clear = (): Promise<void> => rm(dir, { recursive: true, force: true });
  await clear();
  stack.defer(clear);
  for (const file of manifest.files) {
    if (!isWanted(file, task.account)) continue;
    if (isBody(file)) await linkOrCopy(join(folder, file.path), join(dir, file.path));
    else await copySynced(join(folder, file.path), join(dir, file.path));
  }
  const opened = await openSqliteStore({ ...world, dir, secrets, threads: 'inline' });
  if (!opened.ok) return err(troubleError(opened.error, { where: folder }));
  stack.defer(() => opened.value.close());
  return ok(opened.value);
}

function isWanted(file: ManifestFile, account: AccountId | undefined): boolean {
  return account === undefined || !isAccountFile(file) || file.path.includes(account);
}

/** A body is never written to once it is there, so a link will do. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await link(from, to).catch(() => copySynced(from, to));
}
