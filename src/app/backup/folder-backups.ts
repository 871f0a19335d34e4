import { readdir } from 'node:fs/promises';
import type { BackupFiles } from '#admin/backup/backup-files.ts';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Backups } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { openMasterKey } from '#backends/system/master-key.ts';
import type { Configuration } from '#config/configuration.ts';
import { spellMasterKey } from '#config/kinds/master-key.ts';
import { openStore } from '../parts/open-store.ts';
import type { World } from '../parts/world.ts';
import { readVersion } from '../version.ts';
import type { Manifest } from './manifest.ts';
import { accountsIn, readManifest } from './manifest.ts';
import { countRestored, holdQueue, restoreFiles } from './restore-backup.ts';
import { storeFiles, writeBackup } from './write-backup.ts';

/** In a running server: its files are open. */
export const noBackupsWhileServing: Backups = {
  write: async () => err(closed),
  read: async () => err(closed),
  restore: async () => err(closed),
};
const closed = adminError(
  'server-stopped',
  'backup and restore need the store closed, and the server has it open',
);

/** Backups of a store that nobody has open; the caller holds the data folder's lock. */
export function folderBackups(configuration: Configuration, world: World): Backups {
  const { dataDir } = configuration;
  return {
    async write(folder, progress) {
      const key = await masterKeyId(configuration, world);
      if (!key.ok) return key;
      if (!(await isEmpty(folder))) return err(adminError('not-empty', `${folder} is not empty`, folder));
      const task = {
        dataDir,
        folder,
        version: readVersion(),
        masterKeyId: key.value,
        nowMs: world.clock.now(),
      };
      return await caught(folder, async () => ok(describe(folder, await writeBackup(task, progress))));
    },
    async read(folder) {
      const manifest = await readManifest(folder);
      return manifest.ok ? ok(describe(folder, manifest.value)) : manifest;
    },
    restore: (folder, progress) => caught(folder, () => restore(configuration, { world, folder, progress })),
  };
}

async function restore(
  configuration: Configuration,
  {
    world,
    folder,
    progress,
  }: { readonly world: World; readonly folder: string; readonly progress: Parameters<Backups['restore']>[1] },
): Promise<
  Result<{ readonly accounts: number; readonly messages: number; readonly held: number }, AdminError>
> {
  const { dataDir } = configuration;
  const manifest = await readManifest(folder);
  if (!manifest.ok) return manifest;
  const key = await masterKeyId(configuration, world);
  if (!key.ok) return key;
  if (key.value !== manifest.value.masterKeyId)
    return err(
      adminError(
        'master-key',
        `the backup opens with master key ${manifest.value.masterKeyId}, and ${key.value} is configured`,
        'keys.master',
      ),
    );
  if ((await storeFiles(dataDir)).length > 0)
    return err(
      adminError('not-empty', `${dataDir} already holds a store: restore into a new data folder`, dataDir),
    );
  const nowMs = world.clock.now();
  // All or nothing: whatever fails from here on takes the files away again.
  await using undo = new AsyncDisposableStack();
  const task = { folder, dataDir, manifest: manifest.value, nowMs };
  const restored = await restoreFiles(task, undo, progress);
  if (!restored.ok) return restored;
  const settled = await settle(configuration, world);
  if (settled.ok) undo.move();
  return settled;
}

/** Opens what was restored: the queue is held, the messages are counted. */
async function settle(
  configuration: Configuration,
  world: World,
): Promise<
  Result<{ readonly accounts: number; readonly messages: number; readonly held: number }, AdminError>
> {
  const opened = await openStore(configuration, world, 'command');
  if (!opened.ok) return opened;
  const { store } = opened.value;
  try {
    const held = await holdQueue(store, world.clock.now());
    if (!held.ok) return held;
    const counted = await countRestored(store);
    return counted.ok ? ok({ ...counted.value, held: held.value }) : counted;
  } finally {
    await store.close();
  }
}

async function masterKeyId(
  { masterKey }: Configuration,
  { random }: World,
): Promise<Result<string, AdminError>> {
  const credentialsFolder = process.env['CREDENTIALS_DIRECTORY'];
  const opened = await openMasterKey(spellMasterKey(masterKey), { random, credentialsFolder });
  return opened.ok
    ? ok(opened.value.masterKeyId)
    : err(adminError('master-key', opened.error.detail, 'keys.master'));
}

function describe(folder: string, manifest: Manifest): BackupFiles {
  const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const { madeAt, version, masterKeyId, files } = manifest;
  return {
    folder,
    madeAt,
    version,
    accounts: accountsIn(manifest),
    files: files.length,
    sizeBytes,
    masterKeyId,
  };
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length === 0;
}

/** The system's errors while reading and writing files. */
async function caught<T>(
  where: string,
  work: () => Promise<Result<T, AdminError>>,
): Promise<Result<T, AdminError>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return err(adminError(error.code === 'ENOSPC' ? 'disk-full' : 'disk', error.message, where));
  }
}
