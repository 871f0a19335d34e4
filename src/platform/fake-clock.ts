import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** A clock that stands still until it is told otherwise. */
export interface FakeClock extends Clock {
  /** Goes on by `ms`; sleepers wake in the order of their times, and their followers run in between. */
  advance(ms: number): Promise<void>;
  /** Sets only the wall clock forward or back (S-12); nobody wakes. */
  jump(ms: number): void;
  /** How many sleep. */
  readonly sleeping: number;
}

export interface FakeClockOptions {
  readonly startMs?: number;
  /**
   * Seeded auto mode: whenever everything else rests, time leaps to the next sleeper; who sleeps
   * to the same moment wakes in an order that `random` draws.
   */
  readonly auto?: Random;
}

interface Sleeper {
  readonly dueMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/** 2026-01-01T00:00:00Z: a round moment that no test depends on. */
const startMsDefault = 1_767_225_600_000;

export function createFakeClock(options: FakeClockOptions = {}): FakeClock {
  const { startMs = startMsDefault, auto } = options;
  let elapsedMs = 0;
  let jumpedMs = 0;
  let asleepCount = 0;
  let leaping = false;
  const sleepers = new Set<Sleeper>();

  function earliest(): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of sleepers) if (first === undefined || precedes(sleeper, first)) first = sleeper;
    return first;
  }

  function wake(sleeper: Sleeper): void {
    elapsedMs = Math.max(elapsedMs, sleeper.dueMs);
    sleepers.delete(sleeper);
    sleeper.wake();
  }

  function leap(): void {
    leaping = false;
    const next = earliest();
    if (next === undefined) return;
    wake(next);
    leapSoon();
  }

  function leapSoon(): void {
    if (auto === undefined || leaping || sleepers.size === 0) return;
    leaping = true;
    setImmediate(leap);
  }

  function alarm(ms: number, ring: () => void): () => void {
    asleepCount += 1;
    const order = auto === undefined ? asleepCount : auto.integer(0x7fff_ffff);
    const sleeper: Sleeper = { dueMs: elapsedMs + Math.max(0, ms), order, wake: ring };
    sleepers.add(sleeper);
    leapSoon();
    return () => void sleepers.delete(sleeper);
  }

  return {
    now: () => startMs + elapsedMs + jumpedMs,
    monotonic: () => elapsedMs,
    sleep(ms, signal) {
      if (signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const callOff = alarm(ms, () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        });
        const abort = (): void => {
          callOff();
          resolve();
        };
        signal?.addEventListener('abort', abort, { once: true });
      });
    },
    alarm,
    async advance(ms) {
      const untilMs = elapsedMs + ms;
      await settled();
      for (let next = earliest(); next !== undefined && next.dueMs <= untilMs; next = earliest()) {
        wake(next);
        await settled();
      }
      elapsedMs = untilMs;
    },
    jump(ms) {
      jumpedMs += ms;
    },
    get sleeping() {
      return sleepers.size;
    },
  };
}

function precedes(a: Sleeper, b: Sleeper): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

/** Lets everything that is ready run once. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
