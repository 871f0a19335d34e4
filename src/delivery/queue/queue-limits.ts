const minuteMs = 60_000;

/**
 * Bounds of the queue runner. An attempt ends before its lease does, so that no two attempts for one recipient
 * run at once: `leaseMs` exceeds `attemptMs`, which holds the time-outs of RFC 5321 §4.5.3.2 for one server.
 */
export interface QueueLimits {
  /** How long the right to work on a recipient lasts. */
  readonly leaseMs: number;
  /** The longest attempt; also cut so that it ends before its lease. */
  readonly attemptMs: number;
  /** Left of a lease when its attempt must be over. */
  readonly leaseMarginMs: number;
  readonly leasesPerBatch: number;
  /** Leases in memory, running or waiting for a place. */
  readonly leasesHeldMax: number;
  /** Bytes of bodies in memory that belong to held leases. */
  readonly bodyBytesHeldMax: number;
  readonly remoteActiveMax: number;
  readonly perDestinationActiveMax: number;
  /** Leases that may wait for a destination however full the others are; while there is room, up to a third of all. */
  readonly perDestinationWaitingMin: number;
  /** What finds no place, and nobody knows how fast its destination is, is due again after this, with up to as much jitter. */
  readonly handBackMs: number;
  /** Otherwise it is due when its turn comes, within these. */
  readonly turnMsMin: number;
  readonly turnMsMax: number;
  /** The runner looks again at least this often. */
  readonly restMsMax: number;
  /** And at most this often while nothing can be done. */
  readonly restMsMin: number;
  /** After trouble with the store. */
  readonly troubleRestMs: number;
}

export const queueLimits: QueueLimits = {
  leaseMs: 30 * minuteMs,
  attemptMs: 25 * minuteMs,
  leaseMarginMs: minuteMs,
  leasesPerBatch: 64,
  leasesHeldMax: 4096,
  bodyBytesHeldMax: 64 * 1024 * 1024,
  remoteActiveMax: 100,
  perDestinationActiveMax: 20,
  perDestinationWaitingMin: 200,
  handBackMs: 45_000,
  turnMsMin: 1_000,
  turnMsMax: 10 * minuteMs,
  restMsMax: 30_000,
  restMsMin: 50,
  troubleRestMs: 1_000,
};
