import { makeId } from '#base/id.ts';
import type { BlobId } from '#base/id.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Blobs } from '#platform/blobs.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Lease, Queue, QueueEntry, QueueFilter, QueueItem, Settlement } from '#store/contract/queue.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { pageLimit } from '#store/page.ts';
import { matchesFilter } from '#store/queue-item.ts';
import { invalid, troubleOfBlob } from '#store/trouble.ts';
import type { Keys } from './keys.ts';
import { damaged, itemOf } from './queue-items.ts';
import { addedEntry, leasesOf, settlingsOf } from './queue-requests.ts';
import type { IsHeld, Leasing } from './queue-requests.ts';
import { queueSealing } from './queue-sealing.ts';
import type { AddedEntry, LeasedGroup, QueueOperations } from './queue-worker.ts';
import type { RunningWorker } from './thread.ts';

export interface SqliteQueueParts {
  readonly worker: RunningWorker<QueueOperations>;
  readonly keys: Keys;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly random: Random;
}

const nowhere = { host: undefined, address: undefined, tls: undefined };

/** Entries that one look for a page may open. */
const scanRows = 256;

/** The queue as the contract has it: opens on this side; the thread seals. */
export function createSqliteQueue({ worker, keys, blobs, clock, random }: SqliteQueueParts): Queue {
  const { call } = worker;
  const sealing = queueSealing(keys);
  const newLease = (owner: string): string => `${owner}.${makeId(clock.now(), random.bytes(10))}`;

  function leasingOf(leaseFor: LeaseFor | IsHeld | undefined): Leasing | undefined {
    if (leaseFor === undefined || typeof leaseFor === 'function') return leaseFor;
    return { id: () => newLease(leaseFor.owner), untilMs: leaseFor.untilMs };
  }

  async function free(ids: readonly BlobId[]): Promise<void> {
    await Promise.all(ids.map((id) => blobs.remove(id)));
  }

  /** The entry under a name of the queue's own for its large body. */
  async function own(entry: QueueEntry): Promise<Result<QueueEntry, Trouble>> {
    if (entry.recipients.length === 0) return invalid('recipients');
    if (entry.body.kind === 'bytes') return ok(entry);
    const link = await blobs.link(entry.body.id);
    return link.ok
      ? ok({ ...entry, body: { ...entry.body, id: link.value } })
      : err(troubleOfBlob(link.error));
  }

  async function ownAll(entries: readonly QueueEntry[]): Promise<Result<readonly QueueEntry[], Trouble>> {
    const owned: QueueEntry[] = [];
    for (const entry of entries) {
      const mine = await own(entry);
      if (!mine.ok) {
        await free(owned.flatMap(blobOf));
        return mine;
      }
      owned.push(mine.value);
    }
    return ok(owned);
  }

  async function write(
    entries: readonly QueueEntry[],
    settle: readonly Settlement[],
    leasing: Leasing | undefined,
  ): Promise<Result<readonly AddedEntry[], Trouble>> {
    const add: AddedEntry[] = [];
    for (const entry of entries) {
      const toSeal = sealing.toSeal(entry);
      if (!toSeal.ok) return toSeal;
      add.push(addedEntry(entry, toSeal.value, leasing));
    }
    const settled = await call.addAndSettle({ add, ...settlingsOf(sealing, settle) });
    if (!settled.ok) return settled;
    await free(settled.value);
    return ok(add);
  }

  async function addAll(
    entries: readonly QueueEntry[],
    settle: readonly Settlement[],
    leaseFor?: LeaseFor | IsHeld,
  ): Promise<
    Result<{ readonly entries: readonly QueueEntry[]; readonly added: readonly AddedEntry[] }, Trouble>
  > {
    const owned = await ownAll(entries);
    if (!owned.ok) return owned;
    const added = await write(owned.value, settle, leasingOf(leaseFor));
    if (added.ok) return ok({ entries: owned.value, added: added.value });
    // Whether it was committed is unknown after a failed sync: then the sweep at the next start decides.
    if (added.error.code === 'exists') await free(owned.value.flatMap(blobOf));
    return added;
  }

  /** What cannot be opened: an erased account's mail goes with it; what is damaged waits for a person. */
  async function putAside(group: LeasedGroup, reason: 'erased' | 'damaged'): Promise<void> {
    if (reason === 'damaged') return hold(group);
    const dropped = await call.drop(group.entry.id);
    if (dropped.ok) await free(dropped.value);
  }

  /** With the reason written down, if it is only the body that cannot be opened. */
  async function hold({ entry: sealed, id, recipients }: LeasedGroup): Promise<void> {
    const opened = sealing.open({ ...sealed, body: undefined });
    if (!opened.ok) return void (await call.hold(sealed.id));
    const lease = { id, recipients, attempt: 1, untilMs: 0, entry: opened.value.entry };
    const attempt = { atMs: clock.now(), ...nowhere, reply: damaged, inDoubt: false };
    const outcome = { kind: 'held', attempt } as const;
    await call.addAndSettle({ add: [], ...settlingsOf(sealing, [{ lease, recipients, outcome }]) });
  }

  async function page(
    filter: QueueFilter,
    cursor: string,
    limit: number,
  ): Promise<Result<{ readonly items: readonly QueueItem[]; readonly next: string | undefined }, Trouble>> {
    const items: QueueItem[] = [];
    for (let after = cursor; ;) {
      const listed = await call.list({ after, limit: scanRows });
      if (!listed.ok) return listed;
      for (const each of listed.value) {
        if (items.length >= limit) return ok({ items, next: items.at(-1)?.id });
        const item = itemOf(sealing, each);
        if (item !== undefined && matchesFilter(item, filter)) items.push(item);
        after = each.entry.id;
      }
      if (listed.value.length < scanRows) return ok({ items, next: undefined });
    }
  }

  return {
    async add(entry, leaseFor) {
      const result = await addAll([entry], [], leaseFor);
      if (!result.ok) return result;
      const [owned] = result.value.entries;
      const [added] = result.value.added;
      if (leaseFor === undefined || owned === undefined || added === undefined) return ok([]);
      return ok(leasesOf(owned, added, leaseFor.untilMs));
    },
    async addRestored(entry, isHeld) {
      const result = await addAll([entry], [], isHeld);
      return result.ok ? ok(undefined) : result;
    },
    async addAndSettle(entries, settle) {
      const result = await addAll(entries, settle);
      return result.ok ? ok(undefined) : result;
    },
    async lease(nowMs, count, owner, untilMs) {
      const leased = await call.lease({ nowMs, count: Math.max(0, count), owner, untilMs });
      if (!leased.ok) return leased;
      const leases: Lease[] = [];
      for (const group of leased.value) {
        const opened = sealing.open(group.entry);
        if (!opened.ok) await putAside(group, opened.error);
        else {
          const { id, recipients, attempt } = group;
          leases.push({ id, recipients, attempt, untilMs, entry: opened.value.entry });
        }
      }
      return ok(leases);
    },
    async settle(settlements) {
      const result = await addAll([], settlements);
      return result.ok ? ok(undefined) : result;
    },
    async mark(lease, recipients, attempt) {
      const { entry, id } = lease;
      const sealed = sealing.sealAttempt(entry, id, attempt);
      if (!sealed.ok) return sealed;
      return call.mark({ id: entry.id, lease: id, recipients, last: { place: id, sealed: sealed.value } });
    },
    nextDue: () => call.nextDue(undefined),
    list: (filter, cursor, limit) => page(filter, cursor ?? '', pageLimit(limit)),
    async get(id) {
      const listed = await call.get(id);
      if (!listed.ok) return listed;
      const item = itemOf(sealing, listed.value);
      return item === undefined
        ? err({ code: 'fenced', file: 'queue', detail: `${id} cannot be opened` })
        : ok(item);
    },
    change: (id, { action, nowMs }) =>
      call.change({ id, state: action === 'hold' ? 'held' : 'waiting', nowMs }),
    async drop(id) {
      const dropped = await call.drop(id);
      if (!dropped.ok) return dropped;
      await free(dropped.value);
      return ok(undefined);
    },
    counts: () => call.counts(undefined),
  };
}

function blobOf({ body }: QueueEntry): readonly BlobId[] {
  return body.kind === 'blob' ? [body.id] : [];
}

interface LeaseFor {
  readonly owner: string;
  readonly untilMs: number;
}
