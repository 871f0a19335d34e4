import { join } from 'node:path';
import type { AccountId, BlobId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { AccountFiles } from './account-files.ts';
import type { DatabaseFile } from './database-file.ts';
import { directorySchema } from './directory-schema.ts';
import { backUp, diskFiles } from './files.ts';
import type { HoldableBlobs } from './holdable-blobs.ts';
import { keysSchema } from './keys-schema.ts';
import type { QueueOperations } from './queue-worker.ts';
import type { Calls } from './thread.ts';
import type { TracesOperations } from './traces-worker.ts';

/** A database copied as it is, sealed, and the large bodies that its records name. */
export interface Snapshot {
  readonly path: string;
  readonly bodies: readonly BlobId[];
}

/**
 * Copies of a live store's files, each through the connection that owns it, in steps of at most 256 pages (STORAGE §6).
 * What is written meanwhile goes into the copy too. `folder` is not the data folder; a file that is there is never replaced.
 */
export interface Snapshots {
  /** Keeps every large body on disk until the returned function is called. */
  holdBodies(): () => Promise<void>;
  queue(folder: string): Promise<Result<Snapshot, Trouble>>;
  account(id: AccountId, folder: string): Promise<Result<Snapshot, Trouble>>;
  traces(folder: string): Promise<Result<Snapshot, Trouble>>;
  directory(folder: string): Promise<Result<Snapshot, Trouble>>;
  keys(folder: string): Promise<Result<Snapshot, Trouble>>;
}

export interface SnapshotParts {
  readonly keys: DatabaseFile;
  readonly directory: DatabaseFile;
  readonly queue: Calls<QueueOperations>;
  readonly traces: Calls<TracesOperations>;
}

export function snapshots(parts: SnapshotParts, accounts: AccountFiles, blobs: HoldableBlobs): Snapshots {
  const copied = (snapshot: Result<{ readonly path: string }, Trouble>): Result<Snapshot, Trouble> =>
    snapshot.ok ? ok({ ...snapshot.value, bodies: [] }) : snapshot;
  return {
    holdBodies: () => blobs.hold(),
    async queue(folder) {
      const copy = await parts.queue.backUp({ folder });
      if (!copy.ok) return copy;
      const bodies = await parts.queue.blobs(undefined);
      return ok({ path: copy.value.path, bodies: bodies.value });
    },
    async account(id, folder) {
      const copy = await accounts.backUp(id, folder);
      return copy.ok ? ok({ path: copy.value.path, bodies: copy.value.blobs }) : copy;
    },
    traces: async (folder) => copied(await parts.traces.backUp({ folder })),
    directory: async (folder) => copied(await backUp(parts.directory, join(folder, 'directory'))),
    keys: async (folder) => copied(await backUp(parts.keys, join(folder, 'keys'))),
  };
}

/** Takes everyone else out of the copied key ring and directory: the backup of one account holds no key of another. */
export async function keepOnly(account: AccountId, folder: string): Promise<Result<void, Trouble>> {
  const files = diskFiles(folder);
  const kept = [
    {
      name: 'keys',
      schema: keysSchema,
      // Neither queue nor traces come along: they are made anew where it is opened.
      deletions: [
        'DELETE FROM key WHERE account IS NOT NULL AND account <> ?',
        'DELETE FROM erased',
        'DELETE FROM founded',
      ],
    },
    {
      name: 'directory',
      schema: directorySchema,
      deletions: ['DELETE FROM account WHERE id <> ?', 'DELETE FROM alias', 'DELETE FROM setting'],
    },
  ];
  for (const { name, schema, deletions } of kept) {
    const file = await files.open(name, schema, 'existing');
    if (!file.ok) return file;
    const deleted = file.value.transactionFull(() => {
      for (const sql of deletions) file.value.db.prepare(sql).run(...(sql.includes('?') ? [account] : []));
      return ok(undefined);
    });
    const truncated = deleted.ok ? file.value.truncateWal() : deleted;
    await file.value.close();
    if (!truncated.ok) return truncated;
  }
  return ok(undefined);
}
