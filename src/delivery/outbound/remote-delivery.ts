import type { Lease } from '#store/contract/queue.ts';

/** Takes mail to other servers; `delivery/queue/` decides when and how much at once. */
export interface RemoteDelivery {
  /**
   * One attempt for the recipients of a lease, all of one domain: plan, try, settle. Resolves when every
   * recipient is settled, or could not be because the store is in trouble (then the lease runs out).
   * Bounded by the signal.
   */
  deliver(job: RemoteJob, signal: AbortSignal): Promise<void>;
  /** A person wants it tried now: also servers that just did not answer. */
  insist(): void;
  /** Ends idle connections. */
  close(): Promise<void>;
}

export interface RemoteJob {
  readonly lease: Lease;
  /**
   * The lease to settle and mark with: a jump of the wall clock may have let the first one run out while the
   * attempt goes on, and the queue granted another for the same recipients (S-12).
   */
  readonly current: () => Lease;
}
