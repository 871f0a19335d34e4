/** Values up to 16 are told apart, above that eight in each doubling: right to an eighth. */
const exact = 16;
const perDoubling = 8;
const doublings = 28;
const buckets = exact + perDoubling * doublings;
/** What is older than two of these is forgotten. */
const generationMs = 3.5 * 86_400_000;

/** As it is kept over a restart: for each bucket that holds any, its number and how many. */
export interface KeptValues {
  /** How long ago the newer half began. */
  readonly ageMs: number;
  readonly newer: KeptHalf;
  readonly older: KeptHalf;
}

interface KeptHalf {
  readonly peak: number;
  readonly hits: number;
  readonly counts: readonly (readonly [bucket: number, count: number])[];
}

/** How high a number was, at each new connection of the last days: fixed size, a few instructions each (P-33). */
export class ObservedValues {
  #newer = new Half();
  #older = new Half();
  #beganMs: number | undefined;

  /** @param nowMs monotonic */
  add(value: number, nowMs: number): void {
    this.#turnOver(nowMs);
    this.#newer.add(value);
  }

  /** The limit was met. */
  hit(nowMs: number): void {
    this.#turnOver(nowMs);
    this.#newer.hits += 1;
  }

  /** @returns percentiles as the upper end of what they fell into, never above the peak */
  read(): {
    readonly count: number;
    readonly hits: number;
    readonly peak: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
  } {
    const sums = this.#newer.counts.map((count, bucket) => count + (this.#older.counts[bucket] ?? 0));
    const count = sums.reduce((sum, one) => sum + one, 0);
    const peak = Math.ceil(Math.max(this.#newer.peak, this.#older.peak));
    const at = (part: number): number => Math.min(peak, percentile(sums, Math.ceil(count * part)));
    const hits = this.#newer.hits + this.#older.hits;
    return { count, hits, peak, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }

  /** `undefined`: nothing was seen. */
  keep(nowMs: number): KeptValues | undefined {
    if (this.#beganMs === undefined) return undefined;
    this.#turnOver(nowMs);
    return { ageMs: nowMs - this.#beganMs, newer: this.#newer.keep(), older: this.#older.keep() };
  }

  /** What was kept; what was seen meanwhile is added to it. */
  restore(
    { ageMs, newer, older }: KeptValues,
    { nowMs, passedMs }: { readonly nowMs: number; readonly passedMs: number },
  ): void {
    const age = ageMs + Math.max(0, passedMs);
    this.#beganMs = nowMs - Math.min(age, generationMs);
    if (age > 2 * generationMs) return;
    const isNewer = age <= generationMs;
    (isNewer ? this.#newer : this.#older).restore(newer);
    if (isNewer) this.#older.restore(older);
  }

  #turnOver(nowMs: number): void {
    this.#beganMs ??= nowMs;
    if (nowMs - this.#beganMs <= generationMs) return;
    this.#older = this.#newer;
    this.#newer = new Half();
    this.#beganMs = nowMs;
  }
}

class Half {
  readonly counts = new Uint32Array(buckets);
  peak = 0;
  hits = 0;

  add(value: number): void {
    if (value > this.peak) this.peak = value;
    const bucket = bucketOf(value);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
  }

  keep(): KeptHalf {
    const counts = [...this.counts.entries()].filter(([, count]) => count > 0);
    return { peak: this.peak, hits: this.hits, counts };
  }

  restore({ peak, hits, counts }: KeptHalf): void {
    this.peak = Math.max(this.peak, peak);
    this.hits += hits;
    for (const [bucket, count] of counts)
      if (bucket >= 0 && bucket < buckets) this.counts[bucket] = (this.counts[bucket] ?? 0) + count;
  }
}

function bucketOf(value: number): number {
  const whole = Math.ceil(value);
  if (whole < exact) return Math.max(0, whole);
  const doubling = 31 - Math.clz32(whole) - 4;
  return Math.min(
    buckets - 1,
    exact + doubling * perDoubling + ((whole >> (doubling + 1)) & (perDoubling - 1)),
  );
}

/** The highest value that falls into the bucket. */
function upperEnd(bucket: number): number {
  if (bucket < exact) return bucket;
  const doubling = Math.floor((bucket - exact) / perDoubling);
  const step = 2 ** (doubling + 1);
  return exact * 2 ** doubling + (((bucket - exact) % perDoubling) + 1) * step - 1;
}

function percentile(counts: Uint32Array, rank: number): number {
  let seen = 0;
  for (const [bucket, count] of counts.entries()) {
    seen += count;
    if (seen >= rank && seen > 0) return upperEnd(bucket);
  }
  return 0;
}
