const minuteMs = 60_000;

/** How long each step may take; RFC 5321 §4.5.3.2 names the least that a client must grant. */
export interface ClientTimes {
  /** TCP connect; the RFC leaves it to the system, which would take minutes. */
  readonly connectMs: number;
  /** §4.5.3.2.1 */
  readonly greetingMs: number;
  /** EHLO, STARTTLS: as §4.5.3.2.2. */
  readonly ehloMs: number;
  readonly handshakeMs: number;
  /** §4.5.3.2.2 */
  readonly mailMs: number;
  /** §4.5.3.2.3 */
  readonly rcptMs: number;
  /** §4.5.3.2.4 */
  readonly dataMs: number;
  /** §4.5.3.2.5: each piece of the body. */
  readonly blockMs: number;
  /** §4.5.3.2.6 */
  readonly finalMs: number;
  readonly quitMs: number;
  /** How long a connection is kept for the next message. */
  readonly idleMs: number;
  /** A connection is not used again after this. */
  readonly connectionLifeMs: number;
}

export const clientTimes: ClientTimes = {
  connectMs: 30_000,
  greetingMs: 5 * minuteMs,
  ehloMs: 5 * minuteMs,
  handshakeMs: minuteMs,
  mailMs: 5 * minuteMs,
  rcptMs: 5 * minuteMs,
  dataMs: 2 * minuteMs,
  blockMs: 3 * minuteMs,
  finalMs: 10 * minuteMs,
  quitMs: 5_000,
  idleMs: 5_000,
  connectionLifeMs: 5 * minuteMs,
};
