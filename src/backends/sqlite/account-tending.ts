import type { AccountId } from '#base/id.ts';
import { makeId } from '#base/id.ts';
import type { QueueId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { AccountFile } from './open-account.ts';
import { asGuest } from './account-guest.ts';
import type { AccountHandles } from './account-handles.ts';
import { textOf } from './account-search.ts';
import { tendSegments } from './account-segments.ts';
import { changeNow } from './account-transaction.ts';
import type { Slices } from './account-transaction.ts';
import type { WorkerContext } from './thread.ts';

/** An account is tended when it has been left alone for so long. */
const quietMs = 2_000;

/**
 * Ledger entries and APPEND keys are kept longer than any backup or queue may bring their message back (STORAGE §2).
 */
export const ledgerKeptMs = 180 * 24 * 3_600_000;

/** Old entries deleted in one go. */
const expiredAtOnce = 256;

/** Idle work of a storage thread: text for search, what is too old, memory. Never more than a slice at a time. */
export interface AccountTending {
  /** It was changed: there may be work. */
  touched(id: AccountId): void;
  /** It was read: what SQLite keeps in memory of it is given back when it is left alone. */
  read(id: AccountId): void;
  /** Does all there is for an account. */
  now(id: AccountId): Promise<void>;
  stop(): Promise<void>;
}

export function accountTending(handles: AccountHandles, context: WorkerContext): AccountTending {
  const touchedAtMs = new Map<AccountId, number>();
  const readAtMs = new Map<AccountId, number>();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (touchedAtMs.size + readAtMs.size > 0 && !stopping.signal.aborted) {
      await context.clock.sleep(quietMs, stopping.signal);
      for (const id of takeQuiet(touchedAtMs)) {
        if (stopping.signal.aborted) return;
        if (touchedAtMs.has(id)) continue;
        await now(id);
        readAtMs.set(id, context.clock.monotonic());
      }
      for (const id of takeQuiet(readAtMs)) {
        if (stopping.signal.aborted) return;
        giveBackMemory(id);
        await context.yield();
      }
    }
  }

  function takeQuiet(lastAtMs: Map<AccountId, number>): readonly AccountId[] {
    const quietSinceMs = context.clock.monotonic() - quietMs;
    const quiet = [...lastAtMs].filter(([, atMs]) => atMs <= quietSinceMs).map(([id]) => id);
    for (const id of quiet) lastAtMs.delete(id);
    return quiet;
  }

  /** Pages in memory are a quarter of a MiB for each of a thousand open files; whoever comes next reads them again. */
  function giveBackMemory(id: AccountId): void {
    const account = handles.peek(id);
    if (account === undefined || !account.file.db.isOpen) return;
    const { file } = account;
    account.heads.clear();
    file.read(() => {
      file.db.exec('PRAGMA shrink_memory');
      return ok(undefined);
    });
  }

  function start(): void {
    running ??= run().finally(() => {
      running = undefined;
    });
  }

  async function now(id: AccountId): Promise<void> {
    if (!stopping.signal.aborted) await asGuest({ handles, context }, id, tend);
  }

  return {
    touched(id) {
      touchedAtMs.set(id, context.clock.monotonic());
      start();
    },
    read(id) {
      readAtMs.set(id, context.clock.monotonic());
      start();
    },
    now,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function* tend(account: AccountFile): Slices<Result<void, Trouble>> {
  for (const mailbox of account.mailboxes.values()) {
    while (yield* tendSegments(account, mailbox, textOf)) yield;
  }
  expire(account);
  return ok(undefined);
}

/** Queue ids begin with their time, so the oldest ledger entries are its first. */
function expire(account: AccountFile): void {
  const beforeMs = account.context.clock.now() - ledgerKeptMs;
  if (beforeMs <= 0) return;
  const before = Buffer.from(makeId<QueueId>(beforeMs, new Uint8Array(10)), 'latin1');
  const old = account.sql('SELECT 1 FROM ledger WHERE key < ? LIMIT 1').get(before);
  const oldKey = account.sql('SELECT 1 FROM appended WHERE at < ? LIMIT 1').get(beforeMs);
  if (old === undefined && oldKey === undefined) return;
  changeNow(account, [], () => {
    account
      .sql('DELETE FROM ledger WHERE key IN (SELECT key FROM ledger WHERE key < ? ORDER BY key LIMIT ?)')
      .run(before, expiredAtOnce);
    account
      .sql('DELETE FROM appended WHERE key IN (SELECT key FROM appended WHERE at < ? LIMIT ?)')
      .run(beforeMs, expiredAtOnce);
    return ok(undefined);
  });
}
