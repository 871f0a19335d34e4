import { readdir } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { BackupFiles, Restored } from '#admin/backup/backup-files.ts';
import type { AdminError } from '#admin/errors.ts';
import { adminError } from '#admin/errors.ts';
import type { Progress } from '#admin/progress.ts';
import type { Backups, BackupWish, RestoreWish } from '#admin/world.ts';
import type { AccountId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { formatAddress } from '#mail/address.ts';
import type { Address } from '#mail/address.ts';
import { openMasterKey } from '#backends/system/master-key.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { Configuration } from '#config/configuration.ts';
import type { Secrets } from '#platform/secrets.ts';
import type { World } from '../parts/world.ts';
import { readVersion } from '../version.ts';
import { backupSettings } from './backup-settings.ts';
import { diskCaught } from './disk-caught.ts';
import { KnownBackups } from './known-backups.ts';
import type { Manifest } from './manifest.ts';
import { describe, readManifest } from './manifest.ts';
import { restoreAll } from './restore-all.ts';
import { stageBackup } from './stage-backup.ts';
import { verifyBackup } from './verify-backup.ts';
import { writeBackup } from './write-backup.ts';

export interface StoreBackupsParts {
  readonly configuration: Pick<Configuration, 'dataDir'>;
  readonly world: World;
  readonly store: SqliteStore;
  readonly secrets: () => Secrets;
}

type Tell = (progress: Progress) => void;

/** Backups of an open store, in the running server or in a lone command. */
export function storeBackups(parts: StoreBackupsParts): Backups {
  const known = new KnownBackups(parts.store.settings, parts.world.clock);
  return {
    write: (wish, progress) => diskCaught(wish.folder, () => write(parts, known, { wish, progress })),
    async read(folder) {
      const manifest = await readManifest(folder);
      return manifest.ok ? ok(describe(folder, manifest.value)) : manifest;
    },
    restore: (wish, progress) => diskCaught(wish.folder, () => restore(parts, wish, progress)),
    renewQueue: async () => err(adminError('conflict', 'the queue is open and in use', 'queue')),
    holding: (account) => known.holding(account),
  };
}

async function write(
  { configuration, world, store, secrets }: StoreBackupsParts,
  known: KnownBackups,
  { wish, progress }: { readonly wish: BackupWish; readonly progress: Tell },
): Promise<Result<BackupFiles, AdminError>> {
  const { dataDir } = configuration;
  const { folder } = wish;
  const place = await checkPlace(folder, dataDir);
  if (!place.ok) return place;
  const account = wish.account === undefined ? ok(undefined) : await findId(store, wish.account);
  if (!account.ok) return account;
  const nowMs = world.clock.now();
  const keptMs = await backupSettings.keptMsIn(store.settings);
  const task = { dataDir, folder, account: account.value, version: readVersion(), nowMs };
  const { masterKeyId } = secrets();
  const written = await writeBackup(store, { ...task, masterKeyId, expiresAtMs: nowMs + keptMs }, progress);
  if (!written.ok) return written;
  const { madeAt, expiresAt, scope } = written.value;
  await known.add({ folder, madeAt, expiresAt, scope });
  return ok(describe(folder, written.value));
}

async function checkPlace(folder: string, dataDir: string): Promise<Result<void, AdminError>> {
  const inside = relative(resolve(dataDir), resolve(folder));
  if (inside === '' || (inside !== '..' && !inside.startsWith(`..${sep}`)))
    return err(adminError('value-invalid', `${folder} is in the data folder: a backup belongs elsewhere`));
  const there = await readdir(folder).catch(() => []);
  return there.length === 0 ? ok(undefined) : err(adminError('not-empty', `${folder} is not empty`, folder));
}

async function findId(store: SqliteStore, address: Address): Promise<Result<AccountId, AdminError>> {
  const where = formatAddress(address);
  const found = await store.accounts.byAddress(address);
  if (found.ok) return ok(found.value.id);
  const message = `there is no account ${where}; what was erased is not brought back`;
  return err(adminError('account-not-found', message, where));
}

async function restore(
  parts: StoreBackupsParts,
  wish: RestoreWish,
  progress: Tell,
): Promise<Result<Restored, AdminError>> {
  const { world, store, configuration } = parts;
  const manifest = await readManifest(wish.folder);
  if (!manifest.ok) return manifest;
  const verified = await verifyBackup(wish.folder, manifest.value, progress);
  if (!verified.ok) return verified;
  const account = wish.account === undefined ? undefined : await findId(store, wish.account);
  if (account?.ok === false) return account;
  const secrets = await secretsOf(parts, wish, manifest.value);
  if (!secrets.ok) return secrets;
  await using stack = new AsyncDisposableStack();
  const from = await stageBackup(
    {
      folder: wish.folder,
      dataDir: configuration.dataDir,
      manifest: manifest.value,
      secrets: secrets.value,
      world,
      ...(account === undefined ? {} : { account: account.value }),
    },
    stack,
  );
  if (!from.ok) return from;
  const { missing, madeAt } = manifest.value;
  const madeAtMs = Date.parse(madeAt);
  const task = { from: from.value, to: store, wish, account: account?.value, missing, madeAtMs };
  return await restoreAll({ ...task, nowMs: world.clock.now() }, progress);
}

/** The key in use, or the one that a backup from before a rotation needs. */
async function secretsOf(
  { secrets, world }: StoreBackupsParts,
  wish: RestoreWish,
  manifest: Manifest,
): Promise<Result<Secrets, AdminError>> {
  const { random } = world;
  const opened =
    wish.masterKeyFile === undefined
      ? ok(secrets())
      : await openMasterKey(`file:${wish.masterKeyFile}`, { random, credentialsFolder: undefined });
  if (!opened.ok) return err(adminError('master-key', opened.error.detail, wish.masterKeyFile));
  if (opened.value.masterKeyId === manifest.masterKeyId) return opened;
  return err(otherMasterKey(manifest, opened.value.masterKeyId));
}

export function otherMasterKey({ masterKeyId }: Manifest, given: string): AdminError {
  return {
    ...adminError('master-key', `the backup opens with master key ${masterKeyId}, not with ${given}`),
    fix: 'Give the key of that time with --master FILE, or set "[keys] master" to it for an empty data folder.',
  };
}
