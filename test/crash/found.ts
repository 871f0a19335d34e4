import { globSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AccountId } from '#base/id.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import { systemClock } from '#backends/system/system-clock.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import { flagNames } from '#store/flags.ts';
import type { Box, Hash } from './mark.ts';
import { flagText } from './promises.ts';
import { openKeeper } from './server.ts';
import { must, storedHash } from './stored.ts';

export interface FoundMessage {
  readonly uid: number;
  readonly modseq: number;
  readonly flags: string;
  readonly hash: Hash;
}

export interface FoundBox extends Box {
  readonly account: AccountId;
  readonly modseq: number;
  readonly uidNext: number;
  readonly messages: readonly FoundMessage[];
}

/** What is there when the server has started again. */
export interface Found {
  readonly accounts: ReadonlySet<AccountId>;
  readonly boxes: readonly FoundBox[];
  /** Queue rows that are left, by state. */
  readonly queued: number;
  /** Troubles that the server told of. */
  readonly told: readonly string[];
  /** Files that SQLite does not find sound. */
  readonly corrupt: readonly string[];
}

/** Later than anything that the workload put off. */
const laterMs = 3_600_000;

/** Starts the server's mail on a data folder, replays the queue as the server does, and reads everything. */
export async function findAll(dir: string, random: Random): Promise<Found> {
  const told: string[] = [];
  const events = { emit: (event: { readonly name: string }) => noteTrouble(told, event) };
  const keeper = await openKeeper({ dir, threads: 'inline', clock: later(), random, events });
  const read = await readAll(keeper.store).finally(() => keeper.close());
  return { ...read, told, corrupt: unsound(dir) };
}

async function readAll(store: SqliteStore): Promise<Pick<Found, 'accounts' | 'boxes' | 'queued'>> {
  const accounts = must(await store.accounts.list(undefined, 256), 'list accounts').items.map(({ id }) => id);
  const boxes: FoundBox[] = [];
  for (const account of accounts) boxes.push(...(await boxesOf(store, account)));
  const { waiting, leased, held } = must(await store.queue.counts(), 'count the queue');
  return { accounts: new Set(accounts), boxes, queued: waiting + leased + held };
}

function later(): Clock {
  const clock = systemClock();
  return { ...clock, now: () => clock.now() + laterMs };
}

const troubles = new Set([
  'store-trouble',
  'session-bug',
  'delivery-deferred',
  'delivery-held',
  'mailbox-recounted',
]);

function noteTrouble(told: string[], event: { readonly name: string }): void {
  if (troubles.has(event.name)) told.push(JSON.stringify(event));
}

async function boxesOf(store: SqliteStore, account: AccountId): Promise<readonly FoundBox[]> {
  const boxes: FoundBox[] = [];
  for (const { id, name, uidValidity } of must(await store.mailboxes.list(account), 'list mailboxes')) {
    const snapshot = must(await store.messages.select(account, id), 'select');
    const messages: FoundMessage[] = [];
    for (const [at, uid] of snapshot.uids.entries()) {
      const hash = await storedHash(store, { account, mailbox: id }, uid);
      if (hash === undefined) throw new Error(`${account} ${id} ${String(uid)} is listed and not there`);
      const flags = flagText(flagNames(snapshot.flags[at] ?? 0, snapshot.keywords));
      messages.push({ uid, modseq: snapshot.modseqs[at] ?? 0, flags, hash });
    }
    const { highestModSeq: modseq, uidNext } = snapshot;
    boxes.push({ account, id, name, uidValidity, modseq, uidNext, messages });
  }
  return boxes;
}

function unsound(dir: string): readonly string[] {
  return globSync('**/*.db', { cwd: dir }).flatMap((name) => {
    const db = new DatabaseSync(join(dir, name));
    try {
      const said = db
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => String(row['integrity_check']));
      return said.join() === 'ok' ? [] : [`${name}: ${said.join('; ')}`];
    } finally {
      db.close();
    }
  });
}
