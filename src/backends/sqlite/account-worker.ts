import type { AccountId, BlobId, MailboxId } from '#base/id.ts';
import { join } from 'node:path';
import { InTurn } from '#base/in-turn.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { syncAskedWithinMs } from '#store/contract/messages.ts';
import type { SearchQuery, SpecialUse } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { noUsage } from '#store/quota.ts';
import type { Usage } from '#store/quota.ts';
import type { SearchText } from '#store/search-query.ts';
import { createAccountFile, databaseName } from './account-file.ts';
import type { AccountFile, AccountKey } from './open-account.ts';
import { asGuest } from './account-guest.ts';
import { accountHandles } from './account-handles.ts';
import type { AccountHandles } from './account-handles.ts';
import { deliveryLots } from './account-lots.ts';
import type { DeliveryLots } from './account-lots.ts';
import {
  createMailbox,
  listMailboxes,
  listSubscriptions,
  makeStandardMailboxes,
  removeMailbox,
  renameMailbox,
  statusOf,
  subscribe,
} from './account-mailboxes.ts';
import { append, copy, expunge, heldBy, setFlags, sizesOf } from './account-messages.ts';
import type { AppendArgs, CopyArgs, ExpungeArgs, FlagsArgs } from './account-messages.ts';
import type { DeliverArgs } from './account-delivery.ts';
import { read } from './account-page.ts';
import type { ReadArgs, ReadPage } from './account-page.ts';
import { bodyOf, select, since } from './account-reading.ts';
import { reseal } from './account-rotation.ts';
import { largeMessage, search } from './account-search.ts';
import type { LargeMessage } from './account-search.ts';
import { writeLargeText } from './account-segments.ts';
import type { Held } from './account-rooms.ts';
import { accountTending } from './account-tending.ts';
import type { AccountTending } from './account-tending.ts';
import { backUp } from './files.ts';
import type { WorkerContext, WorkerKind } from './thread.ts';

/*
 * The storage thread of the accounts: every operation names its account, whose key was told before (`setKey`). What
 * changes something and must be durable answers after one shared sync of that account's WAL.
 */

export interface AccountInit {
  /** Open files kept by this thread. */
  readonly handlesMax: number;
  /** Files that it syncs at once for the queue's sake. */
  readonly syncsMax: number;
}

const tooLate: Trouble = { code: 'unavailable', detail: 'the sync came too late to tell' };

interface State {
  readonly handles: AccountHandles;
  readonly syncs: InTurn;
  readonly lots: DeliveryLots;
  readonly tending: AccountTending;
  readonly context: WorkerContext;
}

type Answer<T> = Result<T, Trouble> | Promise<Result<T, Trouble>>;
type Of<Args> = Args & { readonly account: AccountId };

/** The account's highest MODSEQ and what it holds along with a change, for its watchers and its domain's sum. */
export interface Changed<T> {
  readonly value: T;
  readonly modseq: number;
  readonly usage: Usage;
}

function reading<Args, T>(work: (account: AccountFile, args: Args) => Answer<T>) {
  return {
    run({ handles, tending }: State, args: Of<Args>): Answer<T> {
      tending.read(args.account);
      return handles.use(args.account, (account) => work(account, args));
    },
  };
}

/** Durable on answer. */
function changing<Args, T>(work: (account: AccountFile, args: Args) => Answer<T>) {
  return {
    async run({ handles, tending }: State, args: Of<Args>): Promise<Result<Changed<T>, Trouble>> {
      let file: AccountFile['file'] | undefined;
      let held: Held = { usage: noUsage, modseq: 0 };
      const done = await handles.use(args.account, async (account) => {
        file = account.file;
        const result = await work(account, args);
        held = heldBy(account);
        return result;
      });
      if (!done.ok || file === undefined) return done.ok ? ok({ value: done.value, ...held }) : done;
      const synced = await file.sync();
      tending.touched(args.account);
      return synced.ok ? ok({ value: done.value, ...held }) : synced;
    },
  };
}

const operations = {
  setKey: {
    run({ handles }: State, args: Of<{ readonly key: AccountKey }>): Result<void, Trouble> {
      handles.setKey(args.account, args.key);
      return ok(undefined);
    },
  },
  create: { run: createFile },
  /** Closes and deletes the file; returns the large bodies that it held. The key must be gone before. */
  remove: { run: removeFile },
  release: {
    async run({ handles }: State, args: Of<object>): Promise<Result<void, Trouble>> {
      await handles.release(args.account, { forget: true });
      return ok(undefined);
    },
  },
  /** Closes the file and renames it. */
  setAside: {
    async run({ handles, context }: State, args: Of<object>): Promise<Result<void, Trouble>> {
      await handles.release(args.account, { forget: true });
      return context.files.setAside(databaseName(args.account), `damaged-${context.clock.now()}`);
    },
  },
  deliver: {
    run: ({ lots }: State, delivery: Of<DeliverArgs>) => lots.add(delivery.account, delivery),
  },
  synced: { run: syncInTurn },
  held: reading<object, Held>((account) => ok(heldBy(account))),
  sizes: reading(sizesOf),
  list: reading<
    object,
    Awaited<ReturnType<typeof listMailboxes>> extends Result<infer T, Trouble> ? T : never
  >(listMailboxes),
  status: reading(statusOf),
  subscriptions: reading<object, readonly string[]>(listSubscriptions),
  select: reading(select),
  read: reading<ReadArgs, ReadPage>(read),
  body: reading(bodyOf),
  since: reading(since),
  search: {
    run: (state: State, args: Of<{ readonly mailbox: MailboxId; readonly query: SearchQuery }>) =>
      asGuest(state, args.account, (account) => search(account, args)),
  },
  largeMessage: reading<{ readonly content: number }, LargeMessage>(largeMessage),
  keepText: reading<{ readonly content: number; readonly text: SearchText }, void>(
    (account, { content, text }) => writeLargeText(account, content, text),
  ),
  createMailbox: changing<
    { readonly name: string; readonly specialUse: SpecialUse | undefined },
    Extract<ReturnType<typeof createMailbox>, { ok: true }>['value']
  >(createMailbox),
  renameMailbox: changing<{ readonly mailbox: MailboxId; readonly name: string }, readonly MailboxId[]>(
    renameMailbox,
  ),
  removeMailbox: changing<{ readonly mailbox: MailboxId }, readonly BlobId[]>(removeMailbox),
  subscribe: changing(subscribe),
  append: changing<AppendArgs, Extract<Awaited<ReturnType<typeof append>>, { ok: true }>['value']>(append),
  flags: changing<FlagsArgs, Extract<Awaited<ReturnType<typeof setFlags>>, { ok: true }>['value']>(setFlags),
  copy: changing<CopyArgs, Extract<Awaited<ReturnType<typeof copy>>, { ok: true }>['value']>(copy),
  expunge: changing<ExpungeArgs, Extract<Awaited<ReturnType<typeof expunge>>, { ok: true }>['value']>(
    expunge,
  ),
  /** Copies the file, sealed as it is, below another folder; large bodies are the caller's. */
  backUp: {
    run: ({ handles }: State, args: Of<{ readonly folder: string }>): Promise<Result<Backup, Trouble>> =>
      handles.pin(args.account, (account) => backUpAccount(account, args.folder)),
  },
  /** The large bodies that the account names. */
  blobs: reading<object, readonly BlobId[]>(blobsOf),
  reseal: {
    run: (state: State, args: Of<object>): Promise<Result<number, Trouble>> =>
      resealDurably(state, args.account),
  },
  /** Does the idle work that waits, now: for tests and before a backup. */
  tend: {
    async run({ tending }: State, args: Of<object>): Promise<Result<void, Trouble>> {
      await tending.now(args.account);
      return ok(undefined);
    },
  },
};

/** A copy of an account's file, and the large bodies that belong to it. */
export interface Backup {
  readonly path: string;
  readonly blobs: readonly BlobId[];
}

/** The bodies are named after the copy is made: one that went meanwhile is told, one that came is not missed. */
async function backUpAccount(account: AccountFile, folder: string): Promise<Result<Backup, Trouble>> {
  const copied = await backUp(account.file, join(folder, databaseName(account.id)));
  if (!copied.ok) return copied;
  const blobs = blobsOf(account);
  return blobs.ok ? ok({ path: copied.value.path, blobs: blobs.value }) : blobs;
}

function blobsOf(account: AccountFile): Result<readonly BlobId[], Trouble> {
  return account.file.read(() =>
    ok(
      account
        .sql('SELECT id FROM blob')
        .all()
        .map((row) => String(row.id) as BlobId),
    ),
  );
}

/** Durable, and the old records gone from WAL and file, before the old keys may go. */
async function resealDurably(state: State, id: AccountId): Promise<Result<number, Trouble>> {
  const done = await asGuest(state, id, reseal);
  if (!done.ok || done.value === 0) return done;
  return state.handles.use(id, (account) => {
    const truncated = account.file.truncateWal();
    return truncated.ok ? done : truncated;
  });
}

async function createFile(
  { handles, context }: State,
  args: Of<{ readonly key: AccountKey }>,
): Promise<Result<void, Trouble>> {
  const { account: id, key } = args;
  const made = await createAccountFile({ id, key, context });
  if (!made.ok) return made;
  handles.setKey(id, key);
  const filled = await handles.use(id, makeStandardMailboxes);
  if (!filled.ok) return filled;
  return handles.pin(id, async (account) => {
    const counters = [...account.counters.values()].map((counter) => [counter, counter.mark] as const);
    const synced = await account.file.sync();
    if (synced.ok) for (const [counter, mark] of counters) counter.durable = Math.max(counter.durable, mark);
    return synced;
  });
}

/** By its turn the file may have been out of use and open again: whether it still tells is asked then. */
function syncInTurn(
  { handles, syncs, context }: State,
  { account }: Of<object>,
): Promise<Result<void, Trouble>> {
  const askedMs = context.clock.monotonic();
  return syncs.run(async () => {
    const isLate = context.clock.monotonic() - askedMs > syncAskedWithinMs;
    const doubt = isLate ? tooLate : handles.doubtOf(account);
    if (doubt !== undefined) return err(doubt);
    return (await handles.peek(account)?.file.sync()) ?? ok(undefined);
  });
}

async function removeFile(
  { handles, context }: State,
  args: Of<object>,
): Promise<Result<readonly BlobId[], Trouble>> {
  const blobs = await handles.use(args.account, blobsOf);
  await handles.release(args.account, { forget: true });
  const removed = await context.files.remove(databaseName(args.account));
  if (!removed.ok) return removed;
  // A damaged file goes all the same; its large bodies stay behind as unreadable files.
  return blobs.ok ? blobs : ok([]);
}

export const kind: WorkerKind<AccountInit, State, typeof operations> = {
  name: 'accounts',
  module: import.meta.url,
  background: true,
  async open({ handlesMax, syncsMax }, context) {
    const handles = accountHandles(context, handlesMax);
    const tending = accountTending(handles, context);
    const syncs = new InTurn(syncsMax);
    return ok({ handles, syncs, tending, lots: deliveryLots(handles, tending), context });
  },
  operations,
  async close({ handles, tending }) {
    await tending.stop();
    await handles.close();
  },
};
