import type { AccountId } from '#base/id.ts';
import { KeptPool } from '#base/kept-shelf.ts';
import { err } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { syncAskedWithinMs } from '#store/contract/messages.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { closeAccountFile, giveBackNumbers, openAccountFile } from './account-file.ts';
import type { AccountFile, AccountKey, SegmentTexts } from './open-account.ts';
import { fencedTrouble } from './sqlite-trouble.ts';
import type { WorkerContext } from './thread.ts';

type Answer<T> = Result<T, Trouble> | Promise<Result<T, Trouble>>;

interface Handle {
  readonly account: AccountFile;
  /** Work in slices, or closing: everyone else waits. */
  busy: Promise<unknown> | undefined;
  /** A backup under way: others may use the file, nobody may close it. */
  pinned: Promise<unknown> | undefined;
}

interface Fence {
  readonly trouble: Trouble;
  readonly untilMs: number;
}

/** A fenced file is tried again after this; until then its callers hear at once why. */
export const reopenAfterMs = 5_000;

/**
 * For so long after it is open again nothing is said to be durable: what was committed before it fell out of use may be gone,
 * and whoever asks only now may mean that. Twice as long, for who asks in time waits for the turn up to as long again.
 */
export const doubtMs = 2 * syncAskedWithinMs;

/** Closed together when there are too many: closing syncs, so never many in one go (STORAGE §1). */
const closedAtOnce = 4;

/** Closed together at the end, when nobody waits for the thread. */
const closedTogether = 64;

/**
 * At the end closing may take so long; a file that is still open then is synced, and its WAL is taken in at the next
 * start (CONTRACTS §1: ten seconds for all).
 */
export const closeMsMax = 2_500;

/** What the searched segments of all files of a thread may take together while they are kept. */
export const keptHeadsBytesMax = 4 * 1_048_576;

/** The open files of one storage thread, least recently used first; one user at a time for each. */
export interface AccountHandles {
  /** Runs `work` on the account's file, opened if need be; at once if nothing stands in the way. */
  use<T>(id: AccountId, work: (account: AccountFile) => Answer<T>): Answer<T>;
  /** As `use`, for work that only needs the file to stay open: others go on with it. */
  pin<T>(
    id: AccountId,
    work: (account: AccountFile) => Promise<Result<T, Trouble>>,
  ): Promise<Result<T, Trouble>>;
  /** The open file, if it is open and well: what is closed is durable already. */
  peek(id: AccountId): AccountFile | undefined;
  /** Why what was written to this file may not be durable: it is or was out of use. */
  doubtOf(id: AccountId): Trouble | undefined;
  setKey(id: AccountId, key: AccountKey): void;
  keyOf(id: AccountId): AccountKey | undefined;
  /** Closes the file; with `forget`, its key goes as well. */
  release(id: AccountId, options: { readonly forget: boolean }): Promise<void>;
  readonly open: Iterable<AccountFile>;
  /** Syncs all, then closes them, as many as there is time for. */
  close(): Promise<void>;
}

export function accountHandles(context: WorkerContext, handlesMax: number): AccountHandles {
  const handles = new Map<AccountId, Handle>();
  const heads = new KeptPool<number, SegmentTexts>(keptHeadsBytesMax);
  const keys = new Map<AccountId, AccountKey>();
  const opening = new Map<AccountId, Promise<Result<AccountFile, Trouble>>>();
  const fences = new Map<AccountId, Fence>();
  const doubts = new Map<AccountId, Fence>();
  /** Among the handles, but on their way out: they are too many no more. */
  let closingCount = 0;

  function ready(id: AccountId): Handle | undefined {
    const handle = handles.get(id);
    if (handle === undefined || handle.busy !== undefined || handle.account.file.fenced !== undefined)
      return undefined;
    handles.delete(id);
    handles.set(id, handle);
    return handle;
  }

  function run<T>(handle: Handle, work: (account: AccountFile) => Answer<T>): Answer<T> {
    const answer = work(handle.account);
    if (answer instanceof Promise) occupy(handle, answer);
    return answer;
  }

  function occupy(handle: Handle, work: Promise<unknown>): void {
    const done = settled(work).finally(() => {
      if (handle.busy === done) handle.busy = undefined;
    });
    handle.busy = done;
  }

  function use<T>(id: AccountId, work: (account: AccountFile) => Answer<T>): Answer<T> {
    const handle = ready(id);
    return handle === undefined ? useLater(id, work) : run(handle, work);
  }

  async function useLater<T>(
    id: AccountId,
    work: (account: AccountFile) => Answer<T>,
  ): Promise<Result<T, Trouble>> {
    for (;;) {
      const waiting = handles.get(id);
      if (waiting?.busy !== undefined) await waiting.busy;
      else if (waiting?.account.file.fenced !== undefined) await dropFenced(id, waiting);
      else if (waiting !== undefined) return run(waiting, work);
      else {
        const opened = await openOnce(id);
        if (!opened.ok) return opened;
      }
    }
  }

  function openOnce(id: AccountId): Promise<Result<AccountFile, Trouble>> {
    const known = opening.get(id);
    if (known !== undefined) return known;
    const mine = openFile(id).finally(() => opening.delete(id));
    opening.set(id, mine);
    return mine;
  }

  async function openFile(id: AccountId): Promise<Result<AccountFile, Trouble>> {
    const key = keys.get(id);
    if (key === undefined) return err({ code: 'unavailable', detail: 'the account key is not there' });
    const fence = fences.get(id);
    if (fence !== undefined && context.clock.monotonic() < fence.untilMs) return err(fence.trouble);
    const opened = await openAccountFile({ id, key, context, heads });
    if (!opened.ok) {
      fenceOff(id, opened.error);
      return opened;
    }
    fences.delete(id);
    const doubt = doubts.get(id);
    if (doubt !== undefined) doubts.set(id, { ...doubt, untilMs: context.clock.monotonic() + doubtMs });
    handles.set(id, { account: opened.value, busy: undefined, pinned: undefined });
    closeIdle();
    return opened;
  }

  function fenceOff(id: AccountId, trouble: Trouble): void {
    if (trouble.code !== 'fenced') return;
    fences.set(id, { trouble, untilMs: context.clock.monotonic() + reopenAfterMs });
    doubts.set(id, { trouble, untilMs: Number.POSITIVE_INFINITY });
  }

  function doubtOf(id: AccountId): Trouble | undefined {
    const doubt = doubts.get(id);
    if (doubt === undefined || context.clock.monotonic() < doubt.untilMs) return doubt?.trouble;
    doubts.delete(id);
    return undefined;
  }

  async function dropFenced(id: AccountId, handle: Handle): Promise<void> {
    fenceOff(id, handle.account.file.fenced ?? fencedTrouble(handle.account.file.path, 'it is out of use'));
    await closeHandle(id, handle);
  }

  async function pin<T>(
    id: AccountId,
    work: (account: AccountFile) => Promise<Result<T, Trouble>>,
  ): Promise<Result<T, Trouble>> {
    let started: Promise<Result<T, Trouble>> | undefined;
    const opened = await use(id, (account) => {
      const handle = handles.get(id);
      started = work(account);
      if (handle !== undefined) handle.pinned = settled(Promise.all([handle.pinned, started]));
      return { ok: true, value: undefined };
    });
    if (!opened.ok) return opened;
    return started ?? err({ code: 'unavailable', detail: 'the file was closed' });
  }

  function closeHandle(id: AccountId, handle: Handle): Promise<void> {
    const unpinned = handle.pinned ?? Promise.resolve();
    closingCount += 1;
    const closing = unpinned
      .then(() => closeAccountFile(handle.account))
      .finally(() => {
        closingCount -= 1;
        const { fenced } = handle.account.file;
        if (fenced !== undefined) fenceOff(id, fenced);
        if (handles.get(id) === handle) handles.delete(id);
      });
    handle.busy = closing.catch(() => undefined);
    return closing;
  }

  function closeIdle(): void {
    let tooMany = Math.min(closedAtOnce, handles.size - closingCount - handlesMax);
    for (const [id, handle] of handles) {
      if (tooMany <= 0) return;
      if (handle.busy !== undefined) continue;
      void closeHandle(id, handle);
      tooMany -= 1;
    }
  }

  async function release(id: AccountId, { forget }: { readonly forget: boolean }): Promise<void> {
    // Before anything is waited for: who needs the account meanwhile tells its key anew, and that one stays.
    if (forget) keys.delete(id);
    for (let handle = handles.get(id); handle !== undefined; handle = handles.get(id)) {
      if (handle.busy === undefined) await closeHandle(id, handle);
      else await handle.busy;
    }
  }

  /** One `fdatasync` for each file, side by side: the disk takes them together, the thread waits once. */
  async function syncAll(): Promise<void> {
    const idle = Array.from(handles.values()).filter(({ busy }) => busy === undefined);
    for (const { account } of idle) giveBackNumbers(account);
    await Promise.all(idle.map(({ account }) => account.file.sync()));
  }

  return {
    use,
    pin,
    peek(id) {
      const account = handles.get(id)?.account;
      return account;
    },
    doubtOf,
    setKey(id, key) {
      keys.set(id, key);
      // Someone has seen to this account: a new try is due.
      fences.delete(id);
    },
    keyOf: (id) => keys.get(id),
    release,
    get open() {
      return handles.values().map(({ account }) => account);
    },
    async close() {
      const untilMs = context.clock.monotonic() + closeMsMax;
      await Promise.all(opening.values());
      const left = Array.from(handles.keys());
      // First what must be: after it, whatever is not closed in time is whole on disk.
      await syncAll();
      while (left.length > 0 && context.clock.monotonic() < untilMs) {
        const lot = left.splice(0, closedTogether);
        await Promise.all(lot.map((id) => release(id, { forget: false })));
      }
    },
  };
}

/** Waits for work whose outcome is its caller's concern. */
async function settled(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
