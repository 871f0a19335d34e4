import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { BlobId, QueueId } from '#base/id.ts';
import { readMembers, writeMembers } from './queue-members.ts';
import { partStates, stateNumber } from './queue-schema.ts';
import type { PartState } from './queue-schema.ts';

/** An entry as the queue's thread sees it: nothing of it can be read there. */
export interface SealedEntry {
  readonly id: QueueId;
  /** The submitting account; its key seals the entry. */
  readonly owner: string | undefined;
  readonly blob: BlobId | undefined;
  readonly meta: Uint8Array;
  /** `undefined` when it is a blob. */
  readonly body: Uint8Array | undefined;
}

/** Recipients of one entry that share a group and a state. */
export interface Part {
  /** Its number within the entry, never used twice there. */
  readonly part: number;
  readonly grp: number;
  readonly members: readonly number[];
  readonly state: PartState;
  readonly attempts: number;
  /** When it is due; of a leased one when the lease runs out. */
  readonly nextAtMs: number;
  readonly lease: string | undefined;
  readonly lastPlace: string | undefined;
  readonly last: Uint8Array | undefined;
}

export interface DueGroup {
  readonly seq: number;
  readonly grp: number;
}

/** The statements of the queue database. */
export interface QueueRows {
  seqOf(id: QueueId): number | undefined;
  /** `undefined`: an entry of this id is there already. */
  addEntry(entry: SealedEntry): number | undefined;
  entry(seq: number): SealedEntry | undefined;
  /** Without the body. */
  meta(seq: number): SealedEntry | undefined;
  /** Entries after this id, by id. */
  after(id: string, limit: number): readonly { readonly seq: number; readonly id: QueueId }[];
  /** Also replaces the part of this number. */
  putPart(seq: number, part: Part): void;
  removePart(seq: number, part: number): void;
  parts(seq: number): readonly Part[];
  /** Recipients of each part, as they are stored. */
  membersOf(id: QueueId): readonly string[];
  nextPart(seq: number): number;
  dueGroups(nowMs: number, count: number): readonly DueGroup[];
  /** With its parts; returns the large body's name. Nothing if it is not there. */
  removeById(id: QueueId): readonly BlobId[];
  /** Of all that is not leased. */
  setState(seq: number, state: 'waiting' | 'held', nextAtMs: number): void;
  nextDueMs(): number | undefined;
  counts(): Readonly<Record<PartState, number>>;
  blobs(): readonly BlobId[];
  /** Leases of a process that is gone: their work is due now, in queue order. */
  releaseLeases(nowMs: number): void;
}

type Row = Record<string, SQLOutputValue>;

export function queueRows(db: DatabaseSync): QueueRows {
  const seqOf = db.prepare('SELECT seq FROM entry WHERE id = ?');
  const addEntry = db.prepare(
    'INSERT INTO entry(id, owner, blob, meta, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT(id) DO NOTHING',
  );
  const entry = db.prepare('SELECT id, owner, blob, meta, body FROM entry WHERE seq = ?');
  const meta = db.prepare('SELECT id, owner, blob, meta, NULL AS body FROM entry WHERE seq = ?');
  const after = db.prepare('SELECT seq, id FROM entry WHERE id > ? ORDER BY id LIMIT ?');
  const putPart = db.prepare('INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const removePart = db.prepare('DELETE FROM part WHERE entry = ? AND part = ?');
  const parts = db.prepare('SELECT * FROM part WHERE entry = ? ORDER BY part');
  const membersOf = db.prepare('SELECT p.members FROM entry e JOIN part p ON p.entry = e.seq WHERE e.id = ?');
  const lastPart = db.prepare('SELECT max(part) AS last FROM part WHERE entry = ?');
  const due = db.prepare(
    'SELECT entry, grp FROM part WHERE state < 2 AND next_at_ms <= ? ORDER BY next_at_ms, entry, grp',
  );
  const removeParts = db.prepare('DELETE FROM part WHERE entry = ?');
  const removeEntry = db.prepare('DELETE FROM entry WHERE id = ? RETURNING seq, blob');
  const setState = db.prepare('UPDATE part SET state = ?, next_at_ms = ? WHERE entry = ? AND state <> 1');
  const nextDue = db.prepare('SELECT min(next_at_ms) AS at FROM part WHERE state < 2');
  const counts = db.prepare('SELECT state, sum(size) AS count FROM part GROUP BY state');
  const blobs = db.prepare('SELECT blob FROM entry WHERE blob IS NOT NULL');
  const release = db.prepare('UPDATE part SET state = 0, lease = NULL, next_at_ms = ? WHERE state = 1');

  return {
    seqOf: (id) => numberOrNothing(seqOf.get(id)?.seq),
    addEntry({ id, owner, blob, meta, body }) {
      const added = addEntry.run(id, owner ?? null, blob ?? null, meta, body ?? null);
      return added.changes === 0 ? undefined : Number(added.lastInsertRowid);
    },
    entry: (seq) => sealedEntry(entry.get(seq)),
    meta: (seq) => sealedEntry(meta.get(seq)),
    after: (id, limit) =>
      after.all(id, limit).map((row) => ({ seq: Number(row.seq), id: String(row.id) as QueueId })),
    putPart: (seq, { part, grp, members, state, attempts, nextAtMs, lease, lastPlace, last }) =>
      void putPart.run(
        seq,
        part,
        grp,
        writeMembers(members),
        members.length,
        stateNumber[state],
        attempts,
        nextAtMs,
        lease ?? null,
        lastPlace ?? null,
        last ?? null,
      ),
    removePart: (seq, part) => void removePart.run(seq, part),
    parts: (seq) => parts.all(seq).map(partOf),
    membersOf: (id) => membersOf.all(id).map(({ members }) => String(members)),
    nextPart: (seq) => 1 + (numberOrNothing(lastPart.get(seq)?.last) ?? -1),
    dueGroups(nowMs, count) {
      const groups = new Map<string, DueGroup>();
      for (const row of due.iterate(nowMs)) {
        if (groups.size >= count) break;
        const group = { seq: Number(row.entry), grp: Number(row.grp) };
        groups.set(`${group.seq} ${group.grp}`, group);
      }
      return [...groups.values()];
    },
    removeById(id) {
      const row = removeEntry.get(id);
      if (row === undefined) return [];
      removeParts.run(Number(row.seq));
      const blob = textOrNothing(row.blob);
      return blob === undefined ? [] : [blob as BlobId];
    },
    setState: (seq, state, nextAtMs) => void setState.run(stateNumber[state], nextAtMs, seq),
    nextDueMs: () => numberOrNothing(nextDue.get()?.at),
    counts() {
      const byState = new Map(counts.all().map((row) => [Number(row.state), Number(row.count)]));
      const count = (state: PartState): number => byState.get(stateNumber[state]) ?? 0;
      return { waiting: count('waiting'), leased: count('leased'), held: count('held') };
    },
    blobs: () => blobs.all().map((row) => String(row.blob) as BlobId),
    releaseLeases: (nowMs) => void release.run(nowMs),
  };
}

function sealedEntry(row: Row | undefined): SealedEntry | undefined {
  if (row === undefined) return undefined;
  return {
    id: String(row.id) as QueueId,
    owner: textOrNothing(row.owner),
    blob: textOrNothing(row.blob) as BlobId | undefined,
    meta: bytesOrNothing(row.meta) ?? new Uint8Array(),
    body: bytesOrNothing(row.body),
  };
}

function partOf(row: Row): Part {
  return {
    part: Number(row.part),
    grp: Number(row.grp),
    members: readMembers(String(row.members)),
    state: partStates[Number(row.state)] ?? 'held',
    attempts: Number(row.attempts),
    nextAtMs: Number(row.next_at_ms),
    lease: textOrNothing(row.lease),
    lastPlace: textOrNothing(row.last_place),
    last: bytesOrNothing(row.last),
  };
}

function textOrNothing(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOrNothing(value: SQLOutputValue | undefined): number | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}

function bytesOrNothing(value: SQLOutputValue | undefined): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}
