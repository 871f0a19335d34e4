import { idTimeMs, makeId } from '#base/id.ts';
import type { AccountId, TraceId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { TraceFilter, Traces } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { pageLimit } from '#store/page.ts';
import { classLookup, matchesTrace, traceLookups, tracePrefixMin } from '#store/trace-filter.ts';
import { conflict, invalid, notFound } from '#store/trouble.ts';
import type { EventSink } from '#trace/events.ts';
import type { TraceDelivery, TraceRecord } from '#trace/record.ts';
import { traceClasses } from '#trace/trace-class.ts';
import type { TraceClass } from '#trace/trace-class.ts';
import type { Keys } from './keys.ts';
import type { RunningWorker } from './thread.ts';
import { traceSealing } from './traces-sealing.ts';
import { endOfIds } from './traces-worker.ts';
import type { TraceLot, TracesOperations } from './traces-worker.ts';

export interface SqliteTracesParts {
  readonly worker: RunningWorker<TracesOperations>;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly events: EventSink;
  /** `waitingTracesMax` unless said. */
  readonly waitingMax?: number;
}

/** Records that wait at most, and as many later deliveries; when the disk takes none, the oldest are let go and an event says so. */
export const waitingTracesMax = 10_000;
/**
 * A lot is written when so many wait; else by whoever calls `flush` every second. Sealing one holds up the connections, so
 * that it may take a few milliseconds (DESIGN §8), not fifteen.
 */
const lotRecords = 64;
/** Records that one look for a page may open. */
const scanRecords = 256;

interface Waiting {
  record: TraceRecord;
  readonly owner: AccountId | undefined;
}

interface Later {
  readonly trace: TraceId;
  readonly n: number;
  readonly delivery: TraceDelivery;
}

/** Traces as the contract has them: gathered here, sealed when a lot is written, found by keyed hashes. */
export function createSqliteTraces({
  worker,
  keys,
  clock,
  events,
  waitingMax = waitingTracesMax,
}: SqliteTracesParts): Traces {
  const { call } = worker;
  const sealing = traceSealing(keys);
  let waiting = new Map<TraceId, Waiting>();
  let later: Later[] = [];
  let lastN = 0;
  let dropped = 0;
  let flushing: Promise<void> = Promise.resolve();

  function nextN(): number {
    lastN = Math.max(lastN + 1, clock.now() * 1000);
    return lastN;
  }

  /** The newest that may wait. */
  function bound(): void {
    const tooMany = Math.max(0, waiting.size - waitingMax);
    for (const id of waiting.keys().take(tooMany)) waiting.delete(id);
    const tooLate = later.splice(0, Math.max(0, later.length - waitingMax)).length;
    dropped += tooMany + tooLate;
  }

  /** Once for each look at the disk, not for each record. */
  function tellDropped(): void {
    if (dropped === 0) return;
    events.emit({ name: 'records-dropped', what: 'traces', records: dropped });
    dropped = 0;
  }

  async function ownersOf(
    deliveries: readonly Later[],
  ): Promise<ReadonlyMap<TraceId, AccountId | undefined>> {
    const ids = [...new Set(deliveries.map(({ trace }) => trace))];
    const owners = ids.length > 0 ? await call.owners(ids) : ok([]);
    return new Map(owners.ok ? owners.value.map(({ id, owner }) => [id, owner]) : []);
  }

  async function writeLot(): Promise<void> {
    const records = waiting;
    const deliveries = later;
    waiting = new Map();
    later = [];
    if (records.size === 0 && deliveries.length === 0) return;
    const traces = [...records.values()].flatMap(({ record, owner }) => sealing.sealTrace(record, owner));
    const written = await call.write({ traces, deliveries: [] });
    if (!written.ok) {
      waiting = new Map([...records, ...waiting]);
      later = [...deliveries, ...later];
      bound();
    } else await writeDeliveries(deliveries);
    tellDropped();
  }

  async function writeDeliveries(deliveries: readonly Later[]): Promise<void> {
    if (deliveries.length === 0) return;
    const owners = await ownersOf(deliveries);
    const sealed: TraceLot['deliveries'] = deliveries.flatMap(({ trace, n, delivery }) =>
      owners.has(trace) ? sealing.sealDelivery({ trace, n, owner: owners.get(trace) }, delivery) : [],
    );
    const written = await call.write({ traces: [], deliveries: sealed });
    if (written.ok) return;
    later = [...deliveries, ...later];
    bound();
  }

  function flush(): Promise<void> {
    flushing = flushing.then(writeLot);
    return flushing;
  }

  async function list(
    filter: TraceFilter,
    cursor: string | undefined,
    limit: number,
  ): Promise<Result<{ readonly items: readonly TraceRecord[]; readonly next: string | undefined }, Trouble>> {
    const lookups = traceLookups(filter).map((lookup) => sealing.lookup(lookup));
    const from = filter.sinceMs === undefined ? '' : firstIdAt(filter.sinceMs);
    const items: TraceRecord[] = [];
    for (let before = cursor ?? endOfIds; ;) {
      const found = await call.list({ keys: lookups, from, before, limit: scanRecords });
      if (!found.ok) return found;
      for (const stored of found.value) {
        if (items.length >= limit) return ok({ items, next: items.at(-1)?.id });
        const record = sealing.open(stored);
        if (record !== undefined && matchesTrace(record, filter)) items.push(record);
        before = stored.id;
      }
      if (found.value.length < scanRecords) return ok({ items, next: undefined });
    }
  }

  return {
    add(record, owner) {
      waiting.set(record.id, { record, owner });
      if (waiting.size > waitingMax) bound();
      if (waiting.size === lotRecords) void flush();
    },
    delivered(id, deliveries) {
      const still = waiting.get(id);
      if (still !== undefined) {
        const { record } = still;
        still.record = { ...record, deliveries: [...record.deliveries, ...deliveries] };
      } else {
        for (const delivery of deliveries) later.push({ trace: id, n: nextN(), delivery });
        if (later.length > waitingMax) bound();
      }
    },
    async get(id) {
      const prefix = id.toUpperCase();
      if (prefix.length < tracePrefixMin) return invalid('trace-id');
      await flush();
      const found = await call.get(prefix);
      if (!found.ok) return found;
      const [stored, another] = found.value;
      if (another !== undefined) return conflict('trace-id');
      const record = stored === undefined ? undefined : sealing.open(stored);
      return record === undefined ? notFound('trace') : ok(record);
    },
    async list(filter, cursor, limit) {
      await flush();
      return list(filter, cursor, pageLimit(limit));
    },
    async expire(beforeMs, countMax = {}) {
      await flush();
      const of = (name: TraceClass) => ({
        key: sealing.lookup(classLookup(name)),
        before: firstIdAt(beforeMs[name]),
        countMax: countMax[name],
      });
      return call.expire(traceClasses.map(of));
    },
    flush,
  };
}

/** No id made at or after this time sorts below it. */
function firstIdAt(ms: number): string {
  const id = makeId<TraceId>(Math.max(0, ms), new Uint8Array(10));
  return idTimeMs(id) < ms ? makeId<TraceId>(ms + 1, new Uint8Array(10)) : id;
}
