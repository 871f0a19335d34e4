import { makeId } from '#base/id.ts';
import type { BlobId, QueueId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type {
  Lease,
  Outcome,
  Queue,
  QueueAttempt,
  QueueEntry,
  QueueItem,
  Settlement,
} from '../contract/queue.ts';
import type { Trouble } from '../contract/trouble.ts';
import { pageAfter } from '../page.ts';
import { matchesFilter, queueItem } from '../queue-item.ts';
import { routeGroup } from '../queue-route.ts';
import { conflict, exists, invalid, notFound, troubleOfBlob } from '../trouble.ts';
import type { MemoryWorld } from './memory-account.ts';

interface Row {
  readonly index: number;
  readonly group: string;
  state: 'waiting' | 'leased' | 'held';
  attempts: number;
  /** When it is due; of a leased one when the lease runs out; a held one never is. */
  nextAtMs: number;
  leaseId: string | undefined;
  last: QueueAttempt | undefined;
}

interface Queued {
  readonly entry: QueueEntry;
  /** What is left to do, by index into the entry's recipients. */
  readonly rows: Map<number, Row>;
}

export function createMemoryQueue(world: MemoryWorld): Queue {
  const queued = new Map<QueueId, Queued>();

  /** Ids are never used twice, also not after the entry went. */
  const used = new Set<QueueId>();

  async function linked(entry: QueueEntry): Promise<Result<QueueEntry, Trouble>> {
    if (entry.recipients.length === 0) return invalid('recipients');
    if (used.has(entry.id)) return exists('queue-entry');
    if (entry.body.kind === 'bytes') return ok(entry);
    const link = await world.blobs.link(entry.body.id);
    if (!link.ok) return err(troubleOfBlob(link.error));
    return ok({ ...entry, body: { ...entry.body, id: link.value } });
  }

  function insert(entry: QueueEntry): Queued {
    const rows = entry.recipients.map(({ route }, index): [number, Row] => [
      index,
      {
        index,
        group: routeGroup(route),
        state: 'waiting',
        attempts: 0,
        nextAtMs: entry.receivedAtMs,
        leaseId: undefined,
        last: undefined,
      },
    ]);
    const item = { entry, rows: new Map(rows) };
    queued.set(entry.id, item);
    used.add(entry.id);
    return item;
  }

  function leaseRows({ entry, rows }: Queued, owner: string, untilMs: number): readonly Lease[] {
    const groups = Map.groupBy(rows.values(), (row) => row.group);
    return [...groups.values()].map((group) => leaseGroup({ entry, group, owner, untilMs }));
  }

  function leaseGroup(grant: {
    readonly entry: QueueEntry;
    readonly group: readonly Row[];
    readonly owner: string;
    readonly untilMs: number;
  }): Lease {
    const id = `${grant.owner}.${makeId(world.clock.now(), world.random.bytes(10))}`;
    for (const row of grant.group) {
      row.state = 'leased';
      row.leaseId = id;
      row.nextAtMs = grant.untilMs;
    }
    const attempt = 1 + Math.max(...grant.group.map((row) => row.attempts));
    const recipients = grant.group.map(({ index }) => index);
    return { id, entry: grant.entry, recipients, attempt, untilMs: grant.untilMs };
  }

  /** Returns the large bodies of entries that are done. */
  function settleAll(settlements: readonly Settlement[]): readonly BlobId[] {
    const freed: BlobId[] = [];
    for (const { lease, recipients, outcome } of settlements) {
      const item = queued.get(lease.entry.id);
      if (item === undefined) continue;
      for (const index of recipients) {
        const row = item.rows.get(index);
        const counts = outcome.kind === 'done' ? lease.recipients.includes(index) : row?.leaseId === lease.id;
        if (row !== undefined && counts) settleRow(item, row, outcome);
      }
      if (item.rows.size === 0) freed.push(...forget(item));
    }
    return freed;
  }

  function forget({ entry }: Queued): readonly BlobId[] {
    queued.delete(entry.id);
    return entry.body.kind === 'blob' ? [entry.body.id] : [];
  }

  async function free(blobs: readonly BlobId[]): Promise<void> {
    for (const blob of blobs) await world.blobs.remove(blob);
  }

  const rowsOf = (): readonly Row[] => [...queued.values()].flatMap(({ rows }) => [...rows.values()]);

  return {
    async add(entry, leaseFor) {
      const own = await linked(entry);
      if (!own.ok) return own;
      const item = insert(own.value);
      return ok(leaseFor === undefined ? [] : leaseRows(item, leaseFor.owner, leaseFor.untilMs));
    },
    async addRestored(entry, isHeld) {
      const own = await linked(entry);
      if (!own.ok) return own;
      const held = new Set(entry.recipients.filter(isHeld).map(({ route }) => routeGroup(route)));
      for (const row of insert(own.value).rows.values()) if (held.has(row.group)) row.state = 'held';
      return ok(undefined);
    },
    async addAndSettle(entries, settlements) {
      const own: QueueEntry[] = [];
      for (const entry of entries) {
        const link = await linked(entry);
        if (!link.ok) {
          await free(own.flatMap(({ body }) => (body.kind === 'blob' ? [body.id] : [])));
          return link;
        }
        own.push(link.value);
      }
      for (const entry of own) insert(entry);
      await free(settleAll(settlements));
      return ok(undefined);
    },
    async lease(nowMs, count, owner, untilMs) {
      const due = [...queued.values()].flatMap(({ entry, rows }) => {
        const dueRows = [...rows.values()].filter((row) => row.state !== 'held' && row.nextAtMs <= nowMs);
        const groups = Map.groupBy(dueRows, (row) => row.group);
        return [...groups.values()].map((group) => ({
          entry,
          group,
          nextAtMs: Math.min(...group.map((row) => row.nextAtMs)),
        }));
      });
      // Of one moment, in the order in which they came.
      due.sort((a, b) => a.nextAtMs - b.nextAtMs);
      return ok(
        due
          .slice(0, Math.max(0, count))
          .map(({ entry, group }) => leaseGroup({ entry, group, owner, untilMs })),
      );
    },
    async settle(settlements) {
      await free(settleAll(settlements));
      return ok(undefined);
    },
    async mark(lease, recipients, attempt) {
      const item = queued.get(lease.entry.id);
      const rows = recipients.map((index) => item?.rows.get(index));
      if (rows.some((row) => row?.leaseId !== lease.id)) return conflict('lease');
      for (const row of rows) if (row !== undefined) row.last = attempt;
      return ok(undefined);
    },
    async nextDue() {
      const waiting = rowsOf().filter((row) => row.state !== 'held');
      return ok(waiting.length === 0 ? undefined : Math.min(...waiting.map((row) => row.nextAtMs)));
    },
    async list(filter, cursor, limit) {
      const ordered = [...queued.values()].map(itemOf).filter((item) => matchesFilter(item, filter));
      ordered.sort((a, b) => (a.id < b.id ? -1 : 1));
      return ok(pageAfter(ordered, ({ id }) => id, { cursor, limit }));
    },
    async get(id) {
      const item = queued.get(id);
      return item === undefined ? notFound('queue-entry') : ok(itemOf(item));
    },
    async change(id, { action, nowMs }) {
      const item = queued.get(id);
      if (item === undefined) return notFound('queue-entry');
      for (const row of item.rows.values()) {
        if (row.state === 'leased') continue;
        row.state = action === 'hold' ? 'held' : 'waiting';
        row.nextAtMs = nowMs;
      }
      return ok(undefined);
    },
    async drop(id) {
      const item = queued.get(id);
      if (item === undefined) return notFound('queue-entry');
      await free(forget(item));
      return ok(undefined);
    },
    async counts() {
      const rows = rowsOf();
      const count = (state: Row['state']): number => rows.filter((row) => row.state === state).length;
      return ok({ waiting: count('waiting'), leased: count('leased'), held: count('held') });
    },
  };
}

function settleRow(item: Queued, row: Row, outcome: Outcome): void {
  if (outcome.kind === 'done') {
    item.rows.delete(row.index);
    return;
  }
  row.leaseId = undefined;
  row.attempts += 1;
  row.last = outcome.attempt;
  row.state = outcome.kind === 'held' ? 'held' : 'waiting';
  row.nextAtMs = outcome.kind === 'held' ? outcome.attempt.atMs : outcome.atMs;
}

function itemOf({ entry, rows }: Queued): QueueItem {
  return queueItem(entry, [...rows.values()]);
}
