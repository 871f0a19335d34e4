import { join } from 'node:path';
import type { SQLOutputValue, StatementSync } from 'node:sqlite';
import type { AccountId, TraceId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { DatabaseFile, FileInit } from './database-file.ts';
import { backUp } from './files.ts';
import type { WorkerContext, WorkerKind } from './thread.ts';
import { lotSealing } from './traces-sealing.ts';
import type { LotSealing, LotToSeal, StoredTrace } from './traces-sealing.ts';
import { tracesSchema } from './traces-schema.ts';

/*
 * The thread of traces and counters: writes lots, finds by hash and prefix. It seals what it is given with the key that
 * comes with it, and opens nothing.
 */

export interface TraceSearch {
  /** All of these must be there. */
  readonly keys: readonly Uint8Array[];
  readonly from: string;
  readonly before: string;
  readonly limit: number;
}

/** Those with this key and an id before that one, and those beyond the newest `countMax`. */
export interface TraceExpiry {
  readonly key: Uint8Array;
  readonly before: string;
  readonly countMax: number | undefined;
}

export interface StoredCounter {
  readonly hash: Uint8Array;
  readonly endsAtMs: number;
  readonly slices: string;
}

interface TracesState {
  readonly file: DatabaseFile;
  readonly context: WorkerContext;
  readonly seal: LotSealing;
  readonly writes: Writing;
}

/** Rows that one step of an expiry takes: well under 5 ms. */
const expiredPerStep = 256;

/** Above every id. */
export const endOfIds = 'z';

/** The statements that write lots. */
interface Writing {
  readonly trace: StatementSync;
  readonly key: StatementSync;
  readonly delivery: StatementSync;
}

function writing({ db }: DatabaseFile): Writing {
  return {
    trace: db.prepare('INSERT OR IGNORE INTO trace VALUES (?, ?, ?)'),
    key: db.prepare('INSERT OR IGNORE INTO trace_key VALUES (?, ?)'),
    delivery: db.prepare('INSERT OR IGNORE INTO trace_delivery VALUES (?, ?, ?)'),
  };
}

function write({ writes, seal }: TracesState, lot: LotToSeal): Result<void, Trouble> {
  const { trace, key, delivery } = writes;
  const { traces, deliveries } = seal(lot);
  for (const { id, owner, sealed, keys } of traces) {
    trace.run(id, owner ?? null, sealed);
    for (const hash of keys) key.run(hash, id);
  }
  for (const { trace: id, n, sealed } of deliveries) delivery.run(id, n, sealed);
  return ok(undefined);
}

function owners(
  { file: { db } }: TracesState,
  ids: readonly TraceId[],
): Result<readonly SealedOwner[], Trouble> {
  const owner = db.prepare('SELECT owner FROM trace WHERE id = ?');
  return ok(
    ids.flatMap((id) => {
      const row = owner.get(id);
      return row === undefined ? [] : [{ id, owner: ownerOf(row) }];
    }),
  );
}

export interface SealedOwner {
  readonly id: TraceId;
  readonly owner: AccountId | undefined;
}

/** At most two: the second only tells that the prefix is not enough. */
function get({ file: { db } }: TracesState, prefix: string): Result<readonly StoredTrace[], Trouble> {
  const found = db.prepare(
    'SELECT id, owner, sealed FROM trace WHERE id >= ? AND id < ? ORDER BY id LIMIT 2',
  );
  return ok(found.all(prefix, prefix + endOfIds).map((row) => storedTrace(db, row)));
}

function list(
  { file: { db } }: TracesState,
  { keys, from, before, limit }: TraceSearch,
): Result<readonly StoredTrace[], Trouble> {
  const having = keys.map(() => 'AND EXISTS (SELECT 1 FROM trace_key k WHERE k.hash = ? AND k.id = t.id)');
  const found = db.prepare(
    `SELECT id, owner, sealed FROM trace t WHERE id >= ? AND id < ? ${having.join(' ')} ORDER BY id DESC LIMIT ?`,
  );
  return ok(found.all(from, before, ...keys, limit).map((row) => storedTrace(db, row)));
}

/** In steps, each its own transaction, other requests in between. */
async function expire(
  { file, context }: TracesState,
  classes: readonly TraceExpiry[],
): Promise<Result<number, Trouble>> {
  let count = 0;
  for (const asked of classes) {
    const bounded = file.read(() => ok(withinCount(file, asked)));
    if (!bounded.ok) return bounded;
    const each = bounded.value;
    for (let more = true; more;) {
      const step = file.transaction(() => ok(expireStep(file, each)));
      if (!step.ok) return step;
      count += step.value;
      more = step.value === expiredPerStep;
      await context.yield();
    }
  }
  return ok(count);
}

/** The same, with the bound by count as an id. */
function withinCount({ db }: DatabaseFile, expiry: TraceExpiry): TraceExpiry {
  const { key, before, countMax } = expiry;
  if (countMax === undefined) return expiry;
  const found = db.prepare('SELECT id FROM trace_key WHERE hash = ? ORDER BY id DESC LIMIT 1 OFFSET ?');
  const oldest = found.get(key, Math.max(0, countMax - 1))?.['id'];
  return typeof oldest === 'string' && oldest > before ? { ...expiry, before: oldest } : expiry;
}

function expireStep({ db }: DatabaseFile, { key, before }: TraceExpiry): number {
  const found = db.prepare('SELECT id FROM trace_key WHERE hash = ? AND id < ? ORDER BY id LIMIT ?');
  const old = found.all(key, before, expiredPerStep);
  const removals = [
    db.prepare('DELETE FROM trace_key WHERE id = ?'),
    db.prepare('DELETE FROM trace_delivery WHERE trace = ?'),
    db.prepare('DELETE FROM trace WHERE id = ?'),
  ];
  for (const { id = '' } of old) for (const removal of removals) removal.run(id);
  return old.length;
}

function saveCounters(
  { file: { db } }: TracesState,
  counters: readonly StoredCounter[],
): Result<void, Trouble> {
  const save = db.prepare(
    `INSERT INTO counter VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET ends_at_ms = excluded.ends_at_ms, slices = excluded.slices`,
  );
  for (const { hash, endsAtMs, slices } of counters) save.run(hash, endsAtMs, slices);
  return ok(undefined);
}

/** Those that still count, and of these the ones that count longest; the others go. */
function loadCounters(
  { file: { db } }: TracesState,
  { nowMs, countMax }: { readonly nowMs: number; readonly countMax: number },
): Result<readonly StoredCounter[], Trouble> {
  db.prepare('DELETE FROM counter WHERE ends_at_ms <= ?').run(nowMs);
  db.prepare(
    'DELETE FROM counter WHERE hash IN (SELECT hash FROM counter ORDER BY ends_at_ms DESC LIMIT -1 OFFSET ?)',
  ).run(countMax);
  const rows = db.prepare('SELECT hash, ends_at_ms, slices FROM counter').all();
  return ok(
    rows.flatMap(({ hash, ends_at_ms: endsAtMs, slices }) =>
      hash instanceof Uint8Array ? [{ hash, endsAtMs: Number(endsAtMs), slices: String(slices) }] : [],
    ),
  );
}

/** A slice of the table in the order of its keys. */
function counterSlice(
  { file: { db } }: TracesState,
  { after, limit }: { readonly after: Uint8Array; readonly limit: number },
): Result<readonly Uint8Array[], Trouble> {
  const rows = db.prepare('SELECT hash FROM counter WHERE hash > ? ORDER BY hash LIMIT ?').all(after, limit);
  return ok(rows.map(({ hash }) => bytesOf(hash)));
}

function dropCounters({ file: { db } }: TracesState, hashes: readonly Uint8Array[]): Result<void, Trouble> {
  const drop = db.prepare('DELETE FROM counter WHERE hash = ?');
  for (const hash of hashes) drop.run(hash);
  return ok(undefined);
}

function storedTrace(db: DatabaseFile['db'], row: Record<string, SQLOutputValue>): StoredTrace {
  const id = String(row.id) as TraceId;
  const deliveries = db.prepare('SELECT n, sealed FROM trace_delivery WHERE trace = ? ORDER BY n').all(id);
  return {
    id,
    owner: ownerOf(row),
    sealed: bytesOf(row.sealed),
    deliveries: deliveries.map(({ n, sealed }) => ({ trace: id, n: Number(n), sealed: bytesOf(sealed) })),
  };
}

function ownerOf({ owner }: Record<string, SQLOutputValue>): AccountId | undefined {
  return typeof owner === 'string' ? (owner as AccountId) : undefined;
}

function bytesOf(value: SQLOutputValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}

const operations = {
  write: { run: write },
  owners: { run: owners },
  get: { run: get },
  list: { run: list },
  expire: { run: expire, alone: true },
  saveCounters: { run: saveCounters },
  loadCounters: { run: loadCounters },
  counterSlice: { run: counterSlice },
  dropCounters: { run: dropCounters },
  /** Copies the file, sealed as it is, below another folder. */
  backUp: {
    alone: true,
    run: ({ file }: TracesState, { folder }: { readonly folder: string }) =>
      backUp(file, join(folder, 'traces')),
  },
};

export type TracesOperations = typeof operations;

export const kind: WorkerKind<FileInit, TracesState, TracesOperations> = {
  name: 'traces',
  module: import.meta.url,
  background: true,
  async open({ mode }, context) {
    const file = await context.files.open('traces', tracesSchema, mode);
    if (!file.ok) return file;
    const seal = lotSealing(context.random);
    return ok({ file: file.value, context, seal, writes: writing(file.value) });
  },
  operations,
  group: ({ file }) => file,
  close: ({ file }) => file.close(),
};
