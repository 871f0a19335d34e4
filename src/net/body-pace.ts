/** RFC 5321 §4.5.3.2.5 lets one block of a body take this long, so nobody is given up sooner. */
const patienceMsMax = 3 * 60_000;
/** S-09: what has to come each minute. Whoever is slower than the slowest modem holds on rather than sends. */
const bytesPerMinuteMin = 256;

/**
 * Whether a body (DATA, a chunk, a literal) comes on at all, so that a byte now and then does not hold a connection:
 * time takes patience away, bytes give it back.
 */
export class BodyPace {
  #patienceMs = patienceMsMax;
  #seenMs: number | undefined;

  /** The body is over, or none is under way. */
  end(): void {
    this.#patienceMs = patienceMsMax;
    this.#seenMs = undefined;
  }

  took(bytes: number): void {
    this.#patienceMs += (bytes * 60_000) / bytesPerMinuteMin;
  }

  /** How long the peer is waited for from now on; 0 when the pace is lost. */
  leftMs(nowMs: number): number {
    const passedMs = nowMs - (this.#seenMs ?? nowMs);
    this.#seenMs = nowMs;
    this.#patienceMs = Math.min(patienceMsMax, Math.max(0, this.#patienceMs - passedMs));
    return this.#patienceMs;
  }
}
