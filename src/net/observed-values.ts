/** Values up to 16 are told apart, above that eight in each doubling: right to an eighth. */
const exact = 16;
const perDoubling = 8;
const doublings = 28;
const buckets = exact + perDoubling * doublings;
/** What is older than two of these is forgotten. */
const generationMs = 3.5 * 86_400_000;

/** How high a number was, at each new connection of the last days: fixed size, a few instructions each (P-33). */
export class ObservedValues {
  #counts = new Uint32Array(buckets);
  #before = new Uint32Array(buckets);
  #peak = 0;
  #peakBefore = 0;
  #beganMs: number | undefined;

  /** @param nowMs monotonic */
  add(value: number, nowMs: number): void {
    this.#beganMs ??= nowMs;
    if (nowMs - this.#beganMs > generationMs) this.#turnOver(nowMs);
    if (value > this.#peak) this.#peak = value;
    const bucket = bucketOf(value);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  /** @returns percentiles as the upper end of what they fell into, never above the peak */
  read(): {
    readonly count: number;
    readonly peak: number;
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
  } {
    const sums = this.#counts.map((count, bucket) => count + (this.#before[bucket] ?? 0));
    const count = sums.reduce((sum, one) => sum + one, 0);
    const peak = Math.ceil(Math.max(this.#peak, this.#peakBefore));
    const at = (part: number): number => Math.min(peak, percentile(sums, Math.ceil(count * part)));
    return { count, peak, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }

  #turnOver(nowMs: number): void {
    this.#before = this.#counts;
    this.#counts = new Uint32Array(buckets);
    this.#peakBefore = this.#peak;
    this.#peak = 0;
    this.#beganMs = nowMs;
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
