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
import { traceClass, traceClasses } from '#trace/trace-class.ts';
import type { TraceClass } from '#trace/trace-class.ts';
import { traceKeptMax } from '#trace/trace-settings.ts';
import type { TraceCounts } from '#trace/trace-settings.ts';
import type { Keys } from './keys.ts';
import type { RunningWorker } from './thread.ts';
import { traceSealing } from './traces-sealing.ts';
import type { LotToSeal } from './traces-sealing.ts';
import { endOfIds } from './traces-worker.ts';
import type { TracesOperations } from './traces-worker.ts';
import { WaitingTraces } from './waiting-traces.ts';
import type { WaitingTrace } from './waiting-traces.ts';

export interface SqliteTracesParts {
  readonly worker: RunningWorker<TracesOperations>;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly events: EventSink;
  /** `waitingTracesMax` unless said. */
  readonly waitingMax?: number;
  /** `traceKeptMax` unless said. */
  readonly keptMax?: TraceCounts;
}

/** Records that wait at most, and as many later deliveries; when the disk takes none, the oldest are let go and an event says so. */
export const waitingTracesMax = 10_000;
/**
 * A lot is written when so many wait; else by whoever calls `flush` every second. Making its texts holds up the connections,
 * so that it may take a few milliseconds (DESIGN §8), not fifteen.
 */
const lotRecords = 64;
/**
 * Of a lot that is full the youngest wait for the next: their mail is just being delivered, and a delivery that finds its
 * record on the disk already becomes a record of its own.
 */
const youngestKept = 24;
/** The bounds by count are looked after whenever a sixteenth of one was written. */
const countSlack = 16;
/** Records that one look for a page may open. */
const scanRecords = 256;

interface Later {
  readonly trace: TraceId;
  readonly n: number;
  readonly delivery: TraceDelivery;
}

/** Traces as the contract has them: gathered here, sealed by their thread when a lot is written, found by keyed hashes. */
export function createSqliteTraces({
  worker,
  keys,
  clock,
  events,
  waitingMax = waitingTracesMax,
  keptMax = traceKeptMax,
}: SqliteTracesParts): Traces {
  const { call } = worker;
  const sealing = traceSealing(keys);
  const { lookupKey } = sealing;
  const waiting = new WaitingTraces();
  /** Of each class since its count was last looked at. */
  const written = new Map<TraceClass, number>();
  let later: Later[] = [];
  let lastN = 0;
  let dropped = 0;
  let faultTold = false;
  let flushing: Promise<void> = Promise.resolve();

  function nextN(): number {
    lastN = Math.max(lastN + 1, clock.now() * 1000);
    return lastN;
  }

  function bound(): void {
    dropped += waiting.bound(waitingMax) + later.splice(0, Math.max(0, later.length - waitingMax)).length;
  }

  /** Once for each look at the disk, not for each record. */
  function tellDropped(): void {
    if (dropped === 0) return;
    events.emit({ name: 'records-dropped', what: 'traces', records: dropped });
    dropped = 0;
  }

  /** `undefined`: the store could not say. */
  async function ownersOf(
    deliveries: readonly Later[],
  ): Promise<ReadonlyMap<TraceId, AccountId | undefined> | undefined> {
    const ids = [...new Set(deliveries.map(({ trace }) => trace))];
    const owners = ids.length > 0 ? await call.owners(ids) : ok([]);
    return owners.ok ? new Map(owners.value.map(({ id, owner }) => [id, owner])) : undefined;
  }

  /** Our own fault in one record or one write must not stop the records after it; told once until one succeeds. */
  function tellFault(fault: unknown): void {
    if (faultTold) return;
    faultTold = true;
    const detail = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    events.emit({ name: 'session-bug', listener: 'traces', detail });
  }

  function toSeal({ record, owner }: WaitingTrace): LotToSeal['traces'] {
    try {
      return sealing.toSeal(record, owner);
    } catch (fault) {
      dropped += 1;
      tellFault(fault);
      return [];
    }
  }

  async function writeTraces(traces: readonly WaitingTrace[]): Promise<boolean> {
    if (traces.length === 0) return true;
    const done = await call.write({ lookupKey, traces: traces.flatMap(toSeal), deliveries: [] });
    if (!done.ok) return false;
    for (const { record } of traces) {
      const name = traceClass(record);
      written.set(name, (written.get(name) ?? 0) + 1);
    }
    return true;
  }

  async function writeDeliveries(deliveries: readonly Later[]): Promise<boolean> {
    if (deliveries.length === 0) return true;
    const owners = await ownersOf(deliveries);
    if (owners === undefined) return false;
    const known = deliveries.flatMap(({ trace, n, delivery }) =>
      owners.has(trace) ? sealing.deliveryToSeal({ trace, n, owner: owners.get(trace) }, delivery) : [],
    );
    return (await call.write({ lookupKey, traces: [], deliveries: known })).ok;
  }

  /** A flood must not fill the disk until the hourly look: the oldest of its class go as it is written. */
  async function keepCounts(): Promise<boolean> {
    for (const [name, countMax] of Object.entries(keptMax) as [TraceClass, number][]) {
      if ((written.get(name) ?? 0) < countMax / countSlack) continue;
      const key = sealing.lookup(classLookup(name));
      if (!(await call.expire([{ key, before: '', countMax }])).ok) return false;
      written.delete(name);
    }
    return true;
  }

  async function attempt(work: () => Promise<boolean>): Promise<boolean> {
    try {
      const done = await work();
      if (done) faultTold = false;
      return done;
    } catch (fault) {
      tellFault(fault);
      return false;
    }
  }

  /** Never rejects: what could not be written waits for the next time. */
  async function writeLot(kept = 0): Promise<void> {
    const traces = waiting.takeOldest(kept);
    const deliveries = later;
    later = [];
    const traced = await attempt(() => writeTraces(traces));
    if (!traced) waiting.putBack(traces);
    if (!traced || !(await attempt(() => writeDeliveries(deliveries)))) later = [...deliveries, ...later];
    bound();
    if (traced) await attempt(keepCounts);
    tellDropped();
  }

  function flush(kept = 0): Promise<void> {
    flushing = flushing.then(() => writeLot(kept));
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
      waiting.add({ record, owner });
      if (waiting.size > waitingMax) bound();
      if (waiting.size === lotRecords) void flush(youngestKept);
    },
    delivered(id, deliveries) {
      if (waiting.join(id, deliveries)) return;
      for (const delivery of deliveries) later.push({ trace: id, n: nextN(), delivery });
      if (later.length > waitingMax) bound();
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
    flush: () => flush(),
  };
}

/** No id made at or after this time sorts below it. */
function firstIdAt(ms: number): string {
  const id = makeId<TraceId>(Math.max(0, ms), new Uint8Array(10));
  return idTimeMs(id) < ms ? makeId<TraceId>(ms + 1, new Uint8Array(10)) : id;
}
