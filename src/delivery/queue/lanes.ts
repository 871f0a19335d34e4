import type { Clock } from '#platform/clock.ts';

/** Work for one destination: what runs and what waits for a place. */
interface Lane<T> {
  active: number;
  readonly waiting: Waiting<T>[];
  waitingBytes: number;
  /** Monotonic, of the last job that ended while others waited; and the time between two such, on average. */
  endedAtMs: number | undefined;
  intervalMs: number | undefined;
  /** When what was sent away last shall come again. */
  turnAtMs: number;
}

interface Waiting<T> {
  readonly job: T;
  readonly bytes: number;
}

export interface LaneLimits {
  readonly activeMax: number;
  readonly perLaneActiveMax: number;
  /** What may wait in all lanes together. */
  readonly waitingMax: number;
  readonly waitingBytesMax: number;
  /** What may wait in a lane however full the others are. */
  readonly perLaneWaitingMin: number;
}

/** How much the latest interval says of the pace of a lane. */
const latestShare = 0.1;

/**
 * A bounded number of jobs at once, overall and per destination, the destinations served in turn, so that
 * a slow one never holds up the others. Of the room to wait each may take half of what is left: one alone waits long,
 * many share. Holds nothing for a destination without work.
 */
export class Lanes<T> {
  readonly #limits: LaneLimits;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #run: (name: string, job: T) => Promise<void>;
  readonly #lanes = new Map<string, Lane<T>>();
  #active = 0;
  #waiting = 0;
  #waitingBytes = 0;

  constructor(
    limits: LaneLimits,
    clock: Pick<Clock, 'monotonic'>,
    run: (name: string, job: T) => Promise<void>,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#run = run;
  }

  get active(): number {
    return this.#active;
  }

  /** Runs the job now or when there is a place; false: too much waits for this destination already. */
  offer(name: string, job: T, bytes = 0): boolean {
    const lane = this.#lane(name);
    if (this.#hasPlace(lane)) {
      this.#begin(name, lane, job);
      return true;
    }
    if (!this.#mayWait(lane, bytes)) {
      if (lane.active === 0 && lane.waiting.length === 0) this.#lanes.delete(name);
      return false;
    }
    lane.waiting.push({ job, bytes });
    this.#count(lane, { jobs: 1, bytes });
    return true;
  }

  /**
   * When a job that was sent away had better come again, from now: behind what waits and what was sent away before it,
   * at the pace of this lane. `undefined`: nothing is known of its pace.
   */
  turnInMs(name: string): number | undefined {
    const lane = this.#lanes.get(name);
    if (lane?.intervalMs === undefined) return undefined;
    const nowMs = this.#clock.monotonic();
    lane.turnAtMs = Math.max(lane.turnAtMs, nowMs + lane.waiting.length * lane.intervalMs) + lane.intervalMs;
    return lane.turnAtMs - nowMs;
  }

  /** Takes out all that waits; what runs goes on. */
  clear(): readonly T[] {
    const jobs: T[] = [];
    for (const [name, lane] of this.#lanes) {
      jobs.push(...lane.waiting.splice(0).map(({ job }) => job));
      lane.waitingBytes = 0;
      if (lane.active === 0) this.#lanes.delete(name);
    }
    this.#waiting = 0;
    this.#waitingBytes = 0;
    return jobs;
  }

  #lane(name: string): Lane<T> {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const unknownPace = { endedAtMs: undefined, intervalMs: undefined, turnAtMs: 0 };
    const lane: Lane<T> = { active: 0, waiting: [], waitingBytes: 0, ...unknownPace };
    this.#lanes.set(name, lane);
    return lane;
  }

  #hasPlace(lane: Lane<T>): boolean {
    return this.#active < this.#limits.activeMax && lane.active < this.#limits.perLaneActiveMax;
  }

  #mayWait(lane: Lane<T>, bytes: number): boolean {
    const { waitingMax, waitingBytesMax, perLaneWaitingMin } = this.#limits;
    const bytesLeft = waitingBytesMax - this.#waitingBytes;
    const hasRoom = lane.waitingBytes + bytes <= bytesLeft / 2;
    return hasRoom && lane.waiting.length < Math.max(perLaneWaitingMin, (waitingMax - this.#waiting) / 2);
  }

  #count(lane: Lane<T>, { jobs, bytes }: { readonly jobs: number; readonly bytes: number }): void {
    lane.waitingBytes += bytes;
    this.#waitingBytes += bytes;
    this.#waiting += jobs;
  }

  #begin(name: string, lane: Lane<T>, job: T): void {
    lane.active += 1;
    this.#active += 1;
    void this.#run(name, job).finally(() => this.#ended(name, lane));
  }

  #ended(name: string, lane: Lane<T>): void {
    lane.active -= 1;
    this.#active -= 1;
    this.#measure(lane);
    this.#lanes.delete(name);
    // Back at the end of the order: whoever had a turn waits for the others.
    if (lane.active > 0 || lane.waiting.length > 0) this.#lanes.set(name, lane);
    this.#fill();
  }

  /** Only a lane for which something waits shows how fast it can be. */
  #measure(lane: Lane<T>): void {
    const nowMs = this.#clock.monotonic();
    const sinceMs = lane.endedAtMs === undefined ? undefined : nowMs - lane.endedAtMs;
    lane.endedAtMs = lane.waiting.length > 0 ? nowMs : undefined;
    if (sinceMs === undefined) return;
    lane.intervalMs = (lane.intervalMs ?? sinceMs) * (1 - latestShare) + sinceMs * latestShare;
  }

  #fill(): void {
    for (const [name, lane] of this.#lanes) {
      if (this.#active >= this.#limits.activeMax) return;
      if (!this.#hasPlace(lane)) continue;
      const next = lane.waiting.shift();
      if (next === undefined) continue;
      this.#count(lane, { jobs: -1, bytes: -next.bytes });
      this.#begin(name, lane, next.job);
    }
  }
}
