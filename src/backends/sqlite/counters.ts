import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Clock } from '#platform/clock.ts';
import type { Counters } from '#store/contract/store.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { keyedHash } from '#store/sealing/keyed-hash.ts';
import { deriveKey } from '#store/sealing/purpose-key.ts';
import { addToWindow, sumOfWindow, windowEndMs } from '#store/sliding-window.ts';
import type { SlidingWindow } from '#store/sliding-window.ts';
import type { EventSink } from '#trace/events.ts';
import type { Keys } from './keys.ts';
import type { RunningWorker } from './thread.ts';
import type { StoredCounter, TracesOperations } from './traces-worker.ts';

export interface SqliteCountersParts {
  readonly worker: RunningWorker<TracesOperations>;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly events: EventSink;
  /** `countersMax` unless said. */
  readonly keptMax?: number;
}

/** Counters that are kept at once; above, those that end first are forgotten. */
export const countersMax = 200_000;

/** Rows of one step: a few milliseconds of the thread of traces. */
const prunedPerStep = 1_000;

export interface SqliteCounters extends Counters {
  /** Writes what changed; a crash loses what came after the last time. */
  flush(): Promise<void>;
  /** Deletes what counts no more, here and in the file, slice by slice; returns how many (S-09). */
  prune(nowMs: number): Promise<Result<number, Trouble>>;
}

/** Counted in memory, written in lots; a key is known only as its keyed hash. */
export async function openCounters({
  worker,
  keys,
  clock,
  events,
  keptMax = countersMax,
}: SqliteCountersParts): Promise<Result<SqliteCounters, Trouble>> {
  const { active, retired } = keys.server.reputation;
  const hash = keyedHash(deriveKey(retired[0] ?? active, 'counters'));
  const hashOf = (key: string): string => Buffer.from(hash(key)).toString('hex');
  const stored = await worker.call.loadCounters({ nowMs: clock.now(), countMax: keptMax });
  if (!stored.ok) return stored;
  const windows = new Map(
    stored.value.map((counter) => [Buffer.from(counter.hash).toString('hex'), windowOf(counter)]),
  );
  let changed = new Set<string>();

  function forget(hash: string): void {
    windows.delete(hash);
    changed.delete(hash);
  }

  /** It counts no more, or was forgotten for want of room. */
  function isGone(hash: string, nowMs: number): boolean {
    const window = windows.get(hash);
    if (window !== undefined && windowEndMs(window) > nowMs) return false;
    forget(hash);
    return true;
  }

  function forgetSome(nowMs: number): void {
    for (const [hash, window] of windows) if (windowEndMs(window) <= nowMs) forget(hash);
    if (windows.size <= keptMax) return;
    const byEnd = [...windows].sort(([, a], [, b]) => windowEndMs(a) - windowEndMs(b));
    const soonest = byEnd.slice(0, windows.size - keptMax / 2);
    for (const [hash] of soonest) forget(hash);
    events.emit({ name: 'records-dropped', what: 'counters', records: soonest.length });
  }

  return ok({
    async add(key, amount, windowMs, nowMs) {
      const hash = hashOf(key);
      const window = addToWindow(windows.get(hash), { amount, windowMs, nowMs });
      windows.set(hash, window);
      changed.add(hash);
      if (windows.size > keptMax) forgetSome(nowMs);
      return ok(sumOfWindow(window, nowMs));
    },
    read: async (names, nowMs) => ok(names.map((key) => sumOfWindow(windows.get(hashOf(key)), nowMs))),
    async prune(nowMs) {
      let count = 0;
      for (let after = new Uint8Array(0); ;) {
        const slice = await worker.call.counterSlice({ after, limit: prunedPerStep });
        if (!slice.ok) return slice;
        const gone = slice.value.filter((hash) => isGone(Buffer.from(hash).toString('hex'), nowMs));
        const dropped = gone.length === 0 ? ok(undefined) : await worker.call.dropCounters(gone);
        if (!dropped.ok) return dropped;
        count += gone.length;
        const last = slice.value.at(-1);
        if (last === undefined || slice.value.length < prunedPerStep) return ok(count);
        after = new Uint8Array(last);
      }
    },
    async flush() {
      if (changed.size === 0) return;
      const lot = changed;
      changed = new Set();
      let saved = false;
      try {
        const stored = [...lot].flatMap((hash) => storedOf(hash, windows.get(hash)));
        saved = (await worker.call.saveCounters(stored)).ok;
      } finally {
        if (!saved) for (const hash of lot) if (windows.has(hash)) changed.add(hash);
      }
    },
  });
}

function storedOf(hash: string, window: SlidingWindow | undefined): readonly StoredCounter[] {
  if (window === undefined) return [];
  const slices = JSON.stringify([window.windowMs, window.slices]);
  return [
    { hash: new Uint8Array(Buffer.from(hash, 'hex')), endsAtMs: Math.ceil(windowEndMs(window)), slices },
  ];
}

function windowOf({ slices }: StoredCounter): SlidingWindow {
  const [windowMs, list] = JSON.parse(slices) as [number, SlidingWindow['slices']];
  return { windowMs, slices: list };
}
