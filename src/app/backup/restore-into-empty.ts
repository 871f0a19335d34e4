import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdminError } from '#admin/errors.ts';
import type { Progress } from '#admin/progress.ts';
import { troubleError } from '#admin/trouble-error.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { diskFiles } from '#backends/sqlite/files.ts';
import { renewUidValidity } from '#backends/sqlite/restored-account.ts';
import type { Store } from '#store/contract/store.ts';
import { copySynced, syncFolder } from './copy-file.ts';
import type { Manifest } from './manifest.ts';

export interface RestoreTask {
  readonly folder: string;
  readonly dataDir: string;
  readonly manifest: Manifest;
  readonly nowMs: number;
}

/** Puts the files of a backup into an empty data folder; what it has put there, `undo` takes away again. */
export async function restoreFiles(
  task: RestoreTask,
  undo: AsyncDisposableStack,
  progress: (progress: Progress) => void,
): Promise<Result<void, AdminError>> {
  const { files } = task.manifest;
  for (const [index, { path }] of files.entries()) {
    const to = join(task.dataDir, path);
    undo.defer(() => rm(to, { force: true }));
    await copySynced(join(task.folder, path), to);
    progress({ what: 'files restored', done: index + 1, total: files.length });
  }
  await syncFolder(task.dataDir);
  return await renewAll(task);
}

async function renewAll({ dataDir, nowMs }: RestoreTask): Promise<Result<void, AdminError>> {
  const files = diskFiles(dataDir);
  for (const name of await files.list('accounts')) {
    const renewed = await renewUidValidity(files, name, nowMs);
    if (!renewed.ok) return err(troubleError(renewed.error, { where: name }));
  }
  return ok(undefined);
}

/** S-13: what waited when the backup was made may have been sent since; a person decides. Returns how many. */
export async function holdQueue(
  store: Pick<Store, 'queue'>,
  nowMs: number,
): Promise<Result<number, AdminError>> {
  let held = 0;
  let cursor: string | undefined;
  do {
    const page = await store.queue.list({}, cursor, 256);
    if (!page.ok) return err(troubleError(page.error, { where: 'queue' }));
    for (const { id } of page.value.items) {
      const change = await store.queue.change(id, { action: 'hold', nowMs });
      if (!change.ok) return err(troubleError(change.error, { where: id }));
      held += 1;
    }
    cursor = page.value.next;
  } while (cursor !== undefined);
  return ok(held);
}

/** Counts what can be read again: the proof that the restored store opens (N-8 in small). */
export async function countRestored(
  store: Pick<Store, 'accounts'>,
): Promise<Result<{ accounts: number; messages: number }, AdminError>> {
  let accounts = 0;
  let messages = 0;
  let cursor: string | undefined;
  do {
    const page = await store.accounts.list(cursor, 256);
    if (!page.ok) return err(troubleError(page.error, { where: 'accounts' }));
    for (const { id } of page.value.items) {
      const usage = await store.accounts.usage(id);
      if (!usage.ok) return err(troubleError(usage.error, { where: id }));
      accounts += 1;
      messages += usage.value.messages;
    }
    cursor = page.value.next;
  } while (cursor !== undefined);
  return ok({ accounts, messages });
}
