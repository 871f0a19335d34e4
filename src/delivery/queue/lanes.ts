/** Work for one destination: what runs and what waits for a place. */
interface Lane<T> {
  active: number;
  readonly waiting: T[];
}

export interface LaneLimits {
  readonly activeMax: number;
  readonly perLaneActiveMax: number;
  readonly perLaneWaitingMax: number;
}

/**
 * A bounded number of jobs at once, overall and per destination, the destinations served in turn, so that
 * a slow one never holds up the others. Holds nothing for a destination without work.
 */
export class Lanes<T> {
  readonly #limits: LaneLimits;
  readonly #run: (name: string, job: T) => Promise<void>;
  readonly #lanes = new Map<string, Lane<T>>();
  #active = 0;

  constructor(limits: LaneLimits, run: (name: string, job: T) => Promise<void>) {
    this.#limits = limits;
    this.#run = run;
  }

  get active(): number {
    return this.#active;
  }

  /** Runs the job now or when there is a place; false: too many wait for this destination already. */
  offer(name: string, job: T): boolean {
    const lane = this.#lane(name);
    if (this.#hasPlace(lane)) {
      this.#begin(name, lane, job);
      return true;
    }
    if (lane.waiting.length >= this.#limits.perLaneWaitingMax) return false;
    lane.waiting.push(job);
    return true;
  }

  /** Takes out all that waits; what runs goes on. */
  clear(): readonly T[] {
    const jobs: T[] = [];
    for (const [name, lane] of this.#lanes) {
      jobs.push(...lane.waiting.splice(0));
      if (lane.active === 0) this.#lanes.delete(name);
    }
    return jobs;
  }

  #lane(name: string): Lane<T> {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane: Lane<T> = { active: 0, waiting: [] };
    this.#lanes.set(name, lane);
    return lane;
  }

  #hasPlace(lane: Lane<T>): boolean {
    return this.#active < this.#limits.activeMax && lane.active < this.#limits.perLaneActiveMax;
  }

  #begin(name: string, lane: Lane<T>, job: T): void {
    lane.active += 1;
    this.#active += 1;
    void this.#run(name, job).finally(() => this.#ended(name, lane));
  }

  #ended(name: string, lane: Lane<T>): void {
    lane.active -= 1;
    this.#active -= 1;
    this.#lanes.delete(name);
    // Back at the end of the order: whoever had a turn waits for the others.
    if (lane.active > 0 || lane.waiting.length > 0) this.#lanes.set(name, lane);
    this.#fill();
  }

  #fill(): void {
    for (const [name, lane] of this.#lanes) {
      if (this.#active >= this.#limits.activeMax) return;
      if (!this.#hasPlace(lane)) continue;
      const job = lane.waiting.shift();
      if (job !== undefined) this.#begin(name, lane, job);
    }
  }
}
