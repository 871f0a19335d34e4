import type { Restored } from '#admin/backup/backup-files.ts';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import { troubleError } from '#admin/trouble-error.ts';
import type { Backups, RestoreWish } from '#admin/world.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { diskFiles } from '#backends/sqlite/files.ts';
import { keyRingMode } from '#backends/sqlite/founding.ts';
import { lostQueue, renewQueue } from '#backends/sqlite/renewed-queue.ts';
import type { Configuration } from '#config/configuration.ts';
import { openStore } from '../parts/open-store.ts';
import type { World } from '../parts/world.ts';
import { diskCaught } from './disk-caught.ts';
import { describe, isAccountFile, readManifest } from './manifest.ts';
import { countRestored, holdQueue, restoreFiles } from './restore-into-empty.ts';
import { openSecrets } from '../parts/open-secrets.ts';
import { otherMasterKey, storeBackups } from './store-backups.ts';
import { verifyBackup } from './verify-backup.ts';

/** Backups where nobody has the store open; the caller holds the data folder's lock. */
export function folderBackups(configuration: Configuration, world: World): Backups {
  const { dataDir } = configuration;

  async function withStore<T>(
    work: (backups: Backups) => Promise<Result<T, AdminError>>,
  ): Promise<Result<T, AdminError>> {
    const opened = await openStore(configuration, world, 'command');
    if (!opened.ok) return opened;
    const { store, secrets } = opened.value;
    try {
      return await work(storeBackups({ configuration, world, store, secrets: () => secrets }));
    } finally {
      await store.close();
    }
  }

  return {
    write: (wish, progress) => withStore((backups) => backups.write(wish, progress)),
    async read(folder) {
      const manifest = await readManifest(folder);
      return manifest.ok ? ok(describe(folder, manifest.value)) : manifest;
    },
    async restore(wish, progress) {
      if (await diskFiles(dataDir).exists('keys'))
        return await withStore((backups) => backups.restore(wish, progress));
      const empty = await checkEmpty(dataDir);
      if (!empty.ok) return empty;
      return await diskCaught(wish.folder, () => intoEmpty(configuration, world, { wish, progress }));
    },
    async renewQueue({ dryRun }) {
      const files = diskFiles(dataDir);
      const words = { where: 'the queue' } as const;
      const lost = await lostQueue(files);
      const renewed = lost.ok && !dryRun ? await renewQueue(files, world.clock.now()) : lost;
      if (!lost.ok) return err(troubleError(lost.error, words));
      return renewed.ok ? ok({ setAside: lost.value.there }) : err(troubleError(renewed.error, words));
    },
    holding: async () => [],
  };
}

/** A store that lost its keys is no empty folder: its other files may still be of use, and are never written over. */
async function checkEmpty(dataDir: string): Promise<Result<void, AdminError>> {
  if ((await keyRingMode(diskFiles(dataDir))) === 'create') return ok(undefined);
  const said = `${dataDir} lacks keys.db, but holds other files of a store: move them elsewhere, then restore`;
  return err(adminError('not-empty', said, dataDir));
}

interface Filling {
  readonly wish: RestoreWish;
  readonly progress: Parameters<Backups['restore']>[1];
}

/** All or nothing: whatever fails takes the files away again. */
async function intoEmpty(
  configuration: Configuration,
  world: World,
  { wish, progress }: Filling,
): Promise<Result<Restored, AdminError>> {
  const { folder } = wish;
  const { dataDir } = configuration;
  const read = await readManifest(folder);
  if (!read.ok) return read;
  const manifest = read.value;
  const verified = await verifyBackup(folder, manifest, progress);
  if (!verified.ok) return verified;
  const secrets = await openSecrets(configuration, world);
  if (!secrets.ok) return secrets;
  const { masterKeyId } = secrets.value;
  if (masterKeyId !== manifest.masterKeyId) return err(otherMasterKey(manifest, masterKeyId));
  const { madeAt, files, missing } = manifest;
  const known = { erased: 0, replaced: [], missing, asOf: madeAt };
  if (wish.dryRun)
    return ok({ ...known, accounts: files.filter(isAccountFile).length, messages: 0, held: 0 });
  await using undo = new AsyncDisposableStack();
  const task = { folder, dataDir, manifest, nowMs: world.clock.now() };
  const restored = await restoreFiles(task, undo, progress);
  if (!restored.ok) return restored;
  const settled = await settle(configuration, world);
  if (!settled.ok) return settled;
  undo.move();
  return ok({ ...known, ...settled.value });
}

/** Opens what was restored: the queue is held, the messages are counted. */
async function settle(
  configuration: Configuration,
  world: World,
): Promise<Result<Pick<Restored, 'accounts' | 'messages' | 'held'>, AdminError>> {
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
