import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { AdminError } from '#admin/errors.ts';
import type { Progress } from '#admin/progress.ts';
import { troubleError } from '#admin/trouble-error.ts';
import type { AccountId, BlobId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { bodyPath } from '#backends/blobs-files/body-path.ts';
import { keepOnly } from '#backends/sqlite/snapshots.ts';
import type { Snapshot } from '#backends/sqlite/snapshots.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { copySynced, hashFile, syncFolder } from './copy-file.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { manifestName } from './manifest.ts';

export interface BackupTask {
  readonly dataDir: string;
  readonly folder: string;
  /** Only this account, with what opens it. */
  readonly account: AccountId | undefined;
  readonly version: string;
  readonly masterKeyId: string;
  readonly nowMs: number;
  readonly expiresAtMs: number;
}

/**
 * Copies a live store, sealed as it is (STORAGE §6). The queue first: what is delivered meanwhile is then in queue and
 * account, and the account's ledger knows it. The key ring last: whoever is erased meanwhile has no key in the backup.
 * An account that cannot be read is named in the manifest, and the others go on. Rejects with the system's errors.
 */
export async function writeBackup(
  store: SqliteStore,
  task: BackupTask,
  progress: (progress: Progress) => void,
): Promise<Result<Manifest, AdminError>> {
  await mkdir(task.folder, { recursive: true, mode: 0o700 });
  const work = new BackupWork(store, task, progress);
  const release = store.snapshots.holdBodies();
  let written: Result<Manifest, AdminError> | undefined;
  try {
    written = await work.write();
    return written;
  } finally {
    await release();
    if (written?.ok !== true) await work.undo();
  }
}

class BackupWork {
  readonly #store: SqliteStore;
  readonly #task: BackupTask;
  readonly #progress: (progress: Progress) => void;
  readonly #files: ManifestFile[] = [];
  readonly #missing: string[] = [];

  constructor(store: SqliteStore, task: BackupTask, progress: (progress: Progress) => void) {
    this.#store = store;
    this.#task = task;
    this.#progress = progress;
  }

  async write(): Promise<Result<Manifest, AdminError>> {
    const { account, folder } = this.#task;
    const { snapshots } = this.#store;
    if (account === undefined) {
      const queue = await this.#take('queue', snapshots.queue(folder));
      if (!queue.ok) return queue;
    }
    const accounts = await this.#accounts();
    if (!accounts.ok) return accounts;
    const server = [
      ...(account === undefined ? [() => snapshots.traces(folder)] : []),
      () => snapshots.directory(folder),
      () => snapshots.keys(folder),
    ];
    for (const copy of server) {
      const taken = await this.#take('the server’s own files', copy());
      if (!taken.ok) return taken;
    }
    if (account !== undefined) {
      const kept = await keepOnly(account, folder);
      if (!kept.ok) return err(troubleError(kept.error, { where: folder }));
      await this.#hashAgain();
    }
    return ok(await this.#finish());
  }

  /** The folder was empty before, and is so again. */
  async undo(): Promise<void> {
    const { folder } = this.#task;
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
  }

  async #accounts(): Promise<Result<void, AdminError>> {
    const ids = this.#task.account === undefined ? await this.#allAccounts() : ok([this.#task.account]);
    if (!ids.ok) return ids;
    for (const [index, id] of ids.value.entries()) {
      const snapshot = await this.#store.snapshots.account(id, this.#task.folder);
      const added = await this.#account(id, snapshot);
      if (!added.ok) return added;
      this.#progress({ what: 'accounts copied', done: index + 1, total: ids.value.length });
    }
    return ok(undefined);
  }

  /** Erased meanwhile: nothing of it belongs here. Out of use: told, and the others go on. */
  async #account(id: AccountId, snapshot: Result<Snapshot, Trouble>): Promise<Result<void, AdminError>> {
    if (snapshot.ok) {
      await this.#add(snapshot.value);
      return ok(undefined);
    }
    const { error } = snapshot;
    if (error.code === 'not-found' && this.#task.account === undefined) return ok(undefined);
    if (error.code !== 'fenced' || this.#task.account !== undefined)
      return err(troubleError(error, { where: id }));
    this.#missing.push(`account ${id}: ${error.detail}`);
    return ok(undefined);
  }

  async #allAccounts(): Promise<Result<readonly AccountId[], AdminError>> {
    const ids: AccountId[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#store.accounts.list(cursor, 256);
      if (!page.ok) return err(troubleError(page.error, { where: 'accounts' }));
      ids.push(...page.value.items.map(({ id }) => id));
      cursor = page.value.next;
    } while (cursor !== undefined);
    return ok(ids);
  }

  async #take(where: string, copying: Promise<Result<Snapshot, Trouble>>): Promise<Result<void, AdminError>> {
    const snapshot = await copying;
    if (!snapshot.ok) return err(troubleError(snapshot.error, { where }));
    await this.#add(snapshot.value);
    return ok(undefined);
  }

  async #add({ path, bodies }: Snapshot): Promise<void> {
    this.#files.push({ path: relative(this.#task.folder, path), ...(await hashFile(path)) });
    for (const id of bodies) await this.#body(id);
  }

  async #body(id: BlobId): Promise<void> {
    const path = join('bodies', bodyPath(id));
    try {
      const copied = await copySynced(join(this.#task.dataDir, path), join(this.#task.folder, path));
      this.#files.push({ path, ...copied });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error) || error.code === 'ENOSPC') throw error;
      this.#missing.push(`${path}: ${error.message}`);
    }
  }

  async #hashAgain(): Promise<void> {
    for (const [index, { path }] of this.#files.entries())
      this.#files[index] = { path, ...(await hashFile(join(this.#task.folder, path))) };
  }

  async #finish(): Promise<Manifest> {
    const { folder, version, masterKeyId, nowMs, expiresAtMs, account } = this.#task;
    const manifest: Manifest = {
      format: 1,
      version,
      madeAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(expiresAtMs).toISOString(),
      masterKeyId,
      scope: account ?? 'all',
      files: this.#files,
      missing: this.#missing,
    };
    const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
    await writeFile(join(folder, manifestName), text, { mode: 0o600, flush: true });
    await syncFolder(folder);
    return manifest;
  }
}
