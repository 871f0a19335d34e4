import type { AccountId, BlobId, MailboxId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Bus } from '#platform/bus.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { AccountRooms, Held } from './account-rooms.ts';
import type { AccountKey } from './open-account.ts';
import type { AccountNotices } from './account-notices.ts';
import type { DiskReserve } from './disk-reserve.ts';
import type { kind } from './account-worker.ts';
import type { Calls, RunningWorker } from './thread.ts';

type Table = (typeof kind)['operations'];
export type AccountWorker = RunningWorker<Table>;
export type AccountCalls = Calls<Table>;

/** Gives an account's purpose key (the key database). `not-found` after it was destroyed. */
export interface AccountKeys {
  get(account: AccountId): Promise<Result<AccountKey, Trouble>>;
}

export interface AccountFilesOptions {
  /** Running workers of `account-worker.ts`; each account belongs to one by its id. */
  readonly workers: readonly AccountWorker[];
  readonly keys: AccountKeys;
  readonly blobs: Blobs;
  readonly bus: Bus;
  /** May the account take so much more (account and domain quota)? */
  readonly rooms: AccountRooms;
  /** Is there disk for new mail? Deletions never ask. */
  readonly disk: DiskReserve;
  readonly notices: AccountNotices;
}

/** What the calls of mailboxes and messages share. */
export interface AccountCalling {
  /** The account's worker, which knows its key. */
  readonly worker: (account: AccountId) => Promise<Result<AccountCalls, Trouble>>;
  /** Tells of a change: watchers where to look, the domain what the account holds now. */
  readonly publish: (
    account: AccountId,
    mailboxes: readonly (MailboxId | undefined)[],
    changed: Held,
  ) => void;
  readonly removeBlobs: (ids: readonly BlobId[]) => Promise<void>;
  readonly options: AccountFilesOptions;
}
