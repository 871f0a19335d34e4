import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdminError } from '#admin/errors.ts';
import type { Progress } from '#admin/progress.ts';
import { troubleError } from '#admin/trouble-error.ts';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import { diskFiles } from '#backends/sqlite/files.ts';
import { renewUidValidity } from '#backends/sqlite/restored-account.ts';
import type { Outcome } from '#store/contract/queue.ts';
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
    await copySynced(join(task.folder, path), to);
    // Only what was made here: a file that was there before makes the copy fail, and stays.
    undo.defer(() => rm(to, { force: true }));
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

/**
 * S-13: what goes elsewhere may have been sent since, so a person decides. What goes to our own accounts goes on: their
 * ledgers, copied after the queue, know what they have had. Returns how many messages are held.
 */
export async function holdQueue(
  { queue }: Pick<Store, 'queue'>,
  nowMs: number,
): Promise<Result<number, AdminError>> {
  const held = new Set<string>();
  for (;;) {
    const leases = await queue.lease(dueAtAnyTimeMs, 256, 'restore', 2 * dueAtAnyTimeMs);
    if (!leases.ok) return err(troubleError(leases.error, { where: 'queue' }));
    if (leases.value.length === 0) break;
    const remote = leases.value.filter(({ entry, recipients }) =>
      recipients.some((n) => entry.recipients[n]?.route.kind === 'remote'),
    );
    for (const { entry } of remote) held.add(entry.id);
    const settled = await queue.settle(
      remote.map((lease) => ({ lease, recipients: lease.recipients, outcome: restoredOutcome(nowMs) })),
    );
    if (!settled.ok) return err(troubleError(settled.error, { where: 'queue' }));
  }
  return ok(held.size);
}

/** Far beyond any retry; what stays leased, local mail, is due again when the store is next opened. */
const dueAtAnyTimeMs = 2 ** 50;

function restoredOutcome(nowMs: number): Outcome {
  const reply = 'restored from a backup: it may have been sent since';
  const where = { host: undefined, address: undefined, tls: undefined };
  return { kind: 'held', attempt: { atMs: nowMs, ...where, reply, inDoubt: true } };
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
