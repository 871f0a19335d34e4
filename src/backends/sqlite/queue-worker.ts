import { join } from 'node:path';
import { makeId } from '#base/id.ts';
import type { BlobId, QueueId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { lentSealings } from '#store/sealing/lent-key.ts';
import type { LentKey } from '#store/sealing/lent-key.ts';
import type { KeySealing } from '#store/sealing/sealed-record.ts';
import { conflict, exists, notFound } from '#store/trouble.ts';
import type { DatabaseFile, FileInit } from './database-file.ts';
import { backUp } from './files.ts';
import { readMembers } from './queue-members.ts';
import { queueRows } from './queue-rows.ts';
import type { DueGroup, Part, QueueRows, SealedEntry } from './queue-rows.ts';
import { queueSchema } from './queue-schema.ts';
import { sealEntry } from './queue-sealing.ts';
import type { EntryToSeal } from './queue-sealing.ts';
import type { WorkerContext, WorkerKind } from './thread.ts';

/*
 * The queue's thread: keeps sealed entries and says what is due. It
 * seals what it is given with the key that comes with it and opens nothing. Adds of one turn share one
 * transaction and one sync (`thread-handle.ts`); what is read or leased needs none.
 */

interface QueueState {
  readonly file: DatabaseFile;
  readonly rows: QueueRows;
  readonly sealings: (key: LentKey) => Pick<KeySealing, 'seal'>;
  /** Sealed while the disk was busy. */
  readonly sealed: WeakMap<AddedEntry, SealedEntry>;
  readonly newId: () => string;
}

/** Flat, for each object on the way between threads costs as much as a hundred bytes of text. */
export interface AddedEntry extends EntryToSeal {
  /** Recipients by group number, ascending. */
  readonly groups: readonly (readonly number[])[];
  readonly nextAtMs: number;
  /** Lease ids by group number, when the caller owns the work at once. */
  readonly leases: readonly string[] | undefined;
  /** Group numbers that are not due before a person says so. */
  readonly held: readonly number[] | undefined;
}

/** An entry and recipients of it (`queue-members.ts`) that are done, whoever holds them: it is a fact. */
export type Done = readonly [id: QueueId, members: string];

/** Recipients that are to wait, if this lease still holds them. */
export interface Settling {
  readonly id: QueueId;
  readonly lease: string;
  readonly recipients: readonly number[];
  readonly state: 'waiting' | 'held';
  readonly nextAtMs: number;
  /** The last attempt, sealed under the lease's id. */
  readonly last: Uint8Array;
}

export interface Settlings {
  readonly done: readonly Done[];
  readonly settle: readonly Settling[];
}

export interface Marking {
  readonly id: QueueId;
  readonly lease: string;
  readonly recipients: readonly number[];
  readonly last: { readonly place: string; readonly sealed: Uint8Array };
}

export interface LeasedGroup {
  readonly id: string;
  readonly entry: SealedEntry;
  readonly recipients: readonly number[];
  readonly attempt: number;
}

export interface ListedEntry {
  readonly entry: SealedEntry;
  readonly parts: readonly Part[];
}

/** Large bodies that no entry needs any more. */
type Freed = readonly BlobId[];

interface AddAndSettle extends Settlings {
  readonly add: readonly AddedEntry[];
}

function sealAhead({ sealings, sealed }: QueueState, { add }: AddAndSettle): void {
  for (const entry of add) sealed.set(entry, sealEntry(sealings(entry.key), entry));
}

function addAndSettle(
  { rows, sealings, sealed }: QueueState,
  { add, done, settle }: AddAndSettle,
): Result<Freed, Trouble> {
  for (const entry of add) {
    const isNew = insert(rows, entry, sealed.get(entry) ?? sealEntry(sealings(entry.key), entry));
    if (!isNew) return exists('queue-entry');
  }
  for (const settling of settle) putOff(rows, settling);
  return ok(done.flatMap((one) => finish(rows, one)));
}

/** False: it is there already. */
function insert(rows: QueueRows, added: AddedEntry, sealed: SealedEntry): boolean {
  const { groups, nextAtMs, leases, held } = added;
  const seq = rows.addEntry(sealed);
  if (seq === undefined) return false;
  for (let grp = 0; grp < groups.length; grp += 1) {
    const members = groups[grp] ?? [];
    const lease = leases?.[grp];
    const unleased = held?.includes(grp) === true ? 'held' : 'waiting';
    const state = lease === undefined ? unleased : 'leased';
    const parted = { part: grp, grp, members, state, nextAtMs, lease } as const;
    rows.putPart(seq, { ...parted, attempts: 0, lastPlace: undefined, last: undefined });
  }
  return true;
}

/** What is done for all recipients that are left takes the entry with it. */
function finish(rows: QueueRows, [id, members]: Done): Freed {
  const left = rows.membersOf(id);
  if (left.length === 1 && left[0] === members) return rows.removeById(id);
  const seq = rows.seqOf(id);
  if (seq === undefined) return [];
  splitParts(rows, { seq, lease: undefined, recipients: readMembers(members) }, () => undefined);
  return rows.parts(seq).length === 0 ? rows.removeById(id) : [];
}

/** What is no longer under this lease is left alone. */
function putOff(rows: QueueRows, { id, lease, recipients, state, nextAtMs, last }: Settling): void {
  const seq = rows.seqOf(id);
  if (seq === undefined) return;
  splitParts(rows, { seq, lease, recipients }, (part) => ({
    ...part,
    state,
    nextAtMs,
    lastPlace: lease,
    last,
    attempts: part.attempts + 1,
    lease: undefined,
  }));
}

interface Holding {
  readonly seq: number;
  /** `undefined`: whatever lease they are under. */
  readonly lease: string | undefined;
  readonly recipients: readonly number[];
}

/** Changes recipients, of one lease if one is named; those of a part that are not named stay behind in it. Returns how many changed. */
function splitParts(
  rows: QueueRows,
  { seq, lease, recipients }: Holding,
  change: (part: Part) => Part | undefined,
): number {
  const named = new Set(recipients);
  let count = 0;
  for (const part of rows.parts(seq).filter((each) => lease === undefined || each.lease === lease)) {
    const hit = part.members.filter((n) => named.has(n));
    if (hit.length === 0) continue;
    count += hit.length;
    const rest = part.members.filter((n) => !named.has(n));
    const changed = change({ ...part, members: hit });
    if (changed !== undefined)
      rows.putPart(seq, { ...changed, part: rest.length > 0 ? rows.nextPart(seq) : part.part });
    if (rest.length > 0) rows.putPart(seq, { ...part, members: rest });
    else if (changed === undefined) rows.removePart(seq, part.part);
  }
  return count;
}

interface Due {
  readonly nowMs: number;
  readonly count: number;
  readonly owner: string;
  readonly untilMs: number;
}

function lease(state: QueueState, due: Due): Result<readonly LeasedGroup[], Trouble> {
  const groups = state.rows.dueGroups(due.nowMs, due.count);
  return ok(groups.flatMap((group) => leaseGroup(state, group, due)));
}

function leaseGroup(
  { rows, newId }: QueueState,
  { seq, grp }: DueGroup,
  { nowMs, owner, untilMs }: Due,
): readonly LeasedGroup[] {
  const entry = rows.entry(seq);
  const due = rows
    .parts(seq)
    .filter((part) => part.grp === grp && part.state !== 'held' && part.nextAtMs <= nowMs);
  if (entry === undefined || due.length === 0) return [];
  const id = `${owner}.${newId()}`;
  for (const part of due) rows.putPart(seq, { ...part, state: 'leased', lease: id, nextAtMs: untilMs });
  const recipients = due.flatMap(({ members }) => members).sort((a, b) => a - b);
  return [{ id, entry, recipients, attempt: 1 + Math.max(...due.map(({ attempts }) => attempts)) }];
}

function mark({ rows }: QueueState, { id, lease, recipients, last }: Marking): Result<void, Trouble> {
  const seq = rows.seqOf(id);
  if (seq === undefined) return conflict('lease');
  const changed = splitParts(rows, { seq, lease, recipients }, (part) => ({
    ...part,
    lastPlace: last.place,
    last: last.sealed,
  }));
  return changed === new Set(recipients).size ? ok(undefined) : conflict('lease');
}

/** Entries by id, without bodies; the caller filters what only it can read. */
function list(
  { rows }: QueueState,
  { after, limit }: { readonly after: string; readonly limit: number },
): Result<readonly ListedEntry[], Trouble> {
  return ok(rows.after(after, limit).flatMap(({ seq }) => listed(rows, seq)));
}

function listed(rows: QueueRows, seq: number): readonly ListedEntry[] {
  const entry = rows.meta(seq);
  return entry === undefined ? [] : [{ entry, parts: rows.parts(seq) }];
}

function get({ rows }: QueueState, id: QueueId): Result<ListedEntry, Trouble> {
  const seq = rows.seqOf(id);
  const [found] = seq === undefined ? [] : listed(rows, seq);
  return found === undefined ? notFound('queue-entry') : ok(found);
}

function change(
  { rows }: QueueState,
  { id, state, nowMs }: { readonly id: QueueId; readonly state: 'waiting' | 'held'; readonly nowMs: number },
): Result<void, Trouble> {
  const seq = rows.seqOf(id);
  if (seq === undefined) return notFound('queue-entry');
  rows.setState(seq, state, nowMs);
  return ok(undefined);
}

function hold({ rows }: QueueState, id: QueueId): Result<void, Trouble> {
  const seq = rows.seqOf(id);
  if (seq === undefined) return notFound('queue-entry');
  for (const part of rows.parts(seq)) rows.putPart(seq, { ...part, state: 'held', lease: undefined });
  return ok(undefined);
}

function drop({ rows }: QueueState, id: QueueId): Result<Freed, Trouble> {
  return rows.seqOf(id) === undefined ? notFound('queue-entry') : ok(rows.removeById(id));
}

const operations = {
  addAndSettle: { durable: true, prepare: sealAhead, run: addAndSettle },
  lease: { run: lease },
  mark: { durable: true, run: mark },
  change: { durable: true, run: change },
  /** Whatever state it is in: nobody can work on it. */
  hold: { durable: true, run: hold },
  drop: { durable: true, run: drop },
  list: { run: list },
  get: { run: get },
  nextDue: { run: ({ rows }: QueueState) => ok(rows.nextDueMs()) },
  counts: { run: ({ rows }: QueueState) => ok(rows.counts()) },
  blobs: { run: ({ rows }: QueueState) => ok(rows.blobs()) },
  /** Copies the file, sealed as it is, below another folder. */
  backUp: {
    alone: true,
    run: ({ file }: QueueState, { folder }: { readonly folder: string }) =>
      backUp(file, join(folder, 'queue')),
  },
};

export type QueueOperations = typeof operations;

async function open({ mode }: FileInit, context: WorkerContext): Promise<Result<QueueState, Trouble>> {
  const file = await context.files.open('queue', queueSchema, mode);
  if (!file.ok) return file;
  const newId = (): string => makeId(context.clock.now(), context.random.bytes(10));
  const rows = queueRows(file.value.db);
  const released = file.value.transactionFull(() => ok(rows.releaseLeases(context.clock.now())));
  return released.ok
    ? ok({ file: file.value, rows, newId, sealings: lentSealings(context.random), sealed: new WeakMap() })
    : released;
}

export const kind: WorkerKind<FileInit, QueueState, QueueOperations> = {
  name: 'queue',
  module: import.meta.url,
  open,
  operations,
  group: ({ file }) => file,
  close: ({ file }) => file.close(),
};
