/** Time, as the server sees it. Durations use `monotonic` only (S-12). */
export interface Clock {
  /** Milliseconds since 1970; may jump. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `ring` after `ms`, unless what is given back was called before: a tenth of what a sleep with a signal costs, for
   * what is mostly called off.
   */
  alarm(ms: number, ring: () => void): () => void;
}
