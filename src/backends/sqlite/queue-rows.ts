import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { BlobId, QueueId } from '#base/id.ts';
import { recipientStates, stateNumber } from './queue-schema.ts';
import type { RecipientState } from './queue-schema.ts';

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

export interface RecipientRow {
  readonly n: number;
  readonly grp: number;
  readonly state: RecipientState;
  readonly attempts: number;
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
  addEntry(entry: SealedEntry): number;
  addRecipient(seq: number, row: Pick<RecipientRow, 'n' | 'grp' | 'nextAtMs' | 'lease'>): void;
  entry(seq: number): SealedEntry | undefined;
  /** Without the body. */
  meta(seq: number): SealedEntry | undefined;
  /** Entries after this id, by id. */
  after(id: string, limit: number): readonly { readonly seq: number; readonly id: QueueId }[];
  recipients(seq: number): readonly RecipientRow[];
  dueGroups(nowMs: number, count: number): readonly DueGroup[];
  dueRows(group: DueGroup, nowMs: number): readonly RecipientRow[];
  lease(seq: number, n: number, lease: { readonly id: string; readonly untilMs: number }): void;
  leaseOf(seq: number, n: number): string | undefined;
  removeRecipient(seq: number, n: number): void;
  settle(seq: number, n: number, row: Pick<RecipientRow, 'state' | 'nextAtMs' | 'lastPlace' | 'last'>): void;
  mark(seq: number, n: number, last: { readonly place: string; readonly sealed: Uint8Array }): void;
  isEmpty(seq: number): boolean;
  removeEntry(seq: number): BlobId | undefined;
  /** Of all that is not leased. */
  setState(seq: number, state: 'waiting' | 'held', nextAtMs: number): void;
  nextDueMs(): number | undefined;
  counts(): Readonly<Record<RecipientState, number>>;
  blobs(): readonly BlobId[];
  /** Leases of a process that is gone: their work is due now, in queue order. */
  releaseLeases(nowMs: number): void;
}

type Row = Record<string, SQLOutputValue>;

export function queueRows(db: DatabaseSync): QueueRows {
  const seqOf = db.prepare('SELECT seq FROM entry WHERE id = ?');
  const addEntry = db.prepare('INSERT INTO entry(id, owner, blob, meta, body) VALUES (?, ?, ?, ?, ?)');
  const addRecipient = db.prepare(
    'INSERT INTO recipient(entry, n, grp, state, attempts, next_at_ms, lease) VALUES (?, ?, ?, ?, 0, ?, ?)',
  );
  const entry = db.prepare('SELECT id, owner, blob, meta, body FROM entry WHERE seq = ?');
  const meta = db.prepare('SELECT id, owner, blob, meta, NULL AS body FROM entry WHERE seq = ?');
  const after = db.prepare('SELECT seq, id FROM entry WHERE id > ? ORDER BY id LIMIT ?');
  const recipients = db.prepare('SELECT * FROM recipient WHERE entry = ? ORDER BY n');
  const due = db.prepare(
    'SELECT entry, grp FROM recipient WHERE state < 2 AND next_at_ms <= ? ORDER BY next_at_ms, entry, grp',
  );
  const dueRows = db.prepare(
    'SELECT * FROM recipient WHERE entry = ? AND grp = ? AND state < 2 AND next_at_ms <= ? ORDER BY n',
  );
  const lease = db.prepare(
    'UPDATE recipient SET state = 1, lease = ?, next_at_ms = ? WHERE entry = ? AND n = ?',
  );
  const leaseOf = db.prepare('SELECT lease FROM recipient WHERE entry = ? AND n = ?');
  const removeRecipient = db.prepare('DELETE FROM recipient WHERE entry = ? AND n = ?');
  const settle = db.prepare(
    `UPDATE recipient SET state = ?, next_at_ms = ?, attempts = attempts + 1, lease = NULL, last_place = ?, last = ?
     WHERE entry = ? AND n = ?`,
  );
  const mark = db.prepare('UPDATE recipient SET last_place = ?, last = ? WHERE entry = ? AND n = ?');
  const first = db.prepare('SELECT 1 AS one FROM recipient WHERE entry = ? LIMIT 1');
  const blobOf = db.prepare('SELECT blob FROM entry WHERE seq = ?');
  const removeRecipients = db.prepare('DELETE FROM recipient WHERE entry = ?');
  const removeEntry = db.prepare('DELETE FROM entry WHERE seq = ?');
  const setState = db.prepare(
    'UPDATE recipient SET state = ?, next_at_ms = ? WHERE entry = ? AND state <> 1',
  );
  const nextDue = db.prepare('SELECT min(next_at_ms) AS at FROM recipient WHERE state < 2');
  const counts = db.prepare('SELECT state, count(*) AS count FROM recipient GROUP BY state');
  const release = db.prepare('UPDATE recipient SET state = 0, lease = NULL, next_at_ms = ? WHERE state = 1');
  const blobs = db.prepare('SELECT blob FROM entry WHERE blob IS NOT NULL');

  return {
    seqOf: (id) => numberOrNothing(seqOf.get(id)?.seq),
    addEntry: ({ id, owner, blob, meta, body }) =>
      Number(addEntry.run(id, owner ?? null, blob ?? null, meta, body ?? null).lastInsertRowid),
    addRecipient: (seq, row) =>
      void addRecipient.run(
        seq,
        row.n,
        row.grp,
        row.lease === undefined ? stateNumber.waiting : stateNumber.leased,
        row.nextAtMs,
        row.lease ?? null,
      ),
    entry: (seq) => sealedEntry(entry.get(seq)),
    meta: (seq) => sealedEntry(meta.get(seq)),
    after: (id, limit) =>
      after.all(id, limit).map((row) => ({ seq: Number(row.seq), id: String(row.id) as QueueId })),
    recipients: (seq) => recipients.all(seq).map(recipientRow),
    dueGroups(nowMs, count) {
      const groups = new Map<string, DueGroup>();
      for (const row of due.iterate(nowMs)) {
        if (groups.size >= count) break;
        const group = { seq: Number(row.entry), grp: Number(row.grp) };
        groups.set(`${group.seq} ${group.grp}`, group);
      }
      return [...groups.values()];
    },
    dueRows: ({ seq, grp }, nowMs) => dueRows.all(seq, grp, nowMs).map(recipientRow),
    lease: (seq, n, { id, untilMs }) => void lease.run(id, untilMs, seq, n),
    leaseOf: (seq, n) => textOrNothing(leaseOf.get(seq, n)?.lease),
    removeRecipient: (seq, n) => void removeRecipient.run(seq, n),
    settle: (seq, n, { state, nextAtMs, lastPlace, last }) =>
      void settle.run(stateNumber[state], nextAtMs, lastPlace ?? null, last ?? null, seq, n),
    mark: (seq, n, { place, sealed }) => void mark.run(place, sealed, seq, n),
    isEmpty: (seq) => first.get(seq) === undefined,
    removeEntry(seq) {
      const blob = textOrNothing(blobOf.get(seq)?.blob);
      removeRecipients.run(seq);
      removeEntry.run(seq);
      return blob as BlobId | undefined;
    },
    setState: (seq, state, nextAtMs) => void setState.run(stateNumber[state], nextAtMs, seq),
    nextDueMs: () => numberOrNothing(nextDue.get()?.at),
    counts() {
      const byState = new Map(counts.all().map((row) => [Number(row.state), Number(row.count)]));
      const count = (state: RecipientState): number => byState.get(stateNumber[state]) ?? 0;
      return { waiting: count('waiting'), leased: count('leased'), held: count('held') };
    },
    releaseLeases: (nowMs) => void release.run(nowMs),
    blobs: () => blobs.all().map((row) => String(row.blob) as BlobId),
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

function recipientRow(row: Row): RecipientRow {
  return {
    n: Number(row.n),
    grp: Number(row.grp),
    state: recipientStates[Number(row.state)] ?? 'held',
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
