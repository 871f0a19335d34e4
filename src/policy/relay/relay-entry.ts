import type { Network } from '#base/client-address.ts';
import type { Domain } from '#mail/domain.ts';

/** A network whose hosts may send through this server without a log-in (P-10). */
export interface RelayEntry {
  readonly network: Network;
  /** Who answers for it; one line. */
  readonly owner: string;
  /** Why it cannot log in; one line. */
  readonly reason: string;
  /** Sender domains that it may use, each with all below it; never none. */
  readonly senders: readonly Domain[];
  /** Wall clock. */
  readonly sinceMs: number;
  /** It ends by itself. */
  readonly untilMs: number;
}

/** Whole networks of strangers are no exception but an open relay. */
const widestBits = { ipv4: 16, ipv6: 32 };

export function isTooWide(network: Network): boolean {
  const bits = Number(network.slice(network.indexOf('/') + 1));
  return bits < (network.includes(':') ? widestBits.ipv6 : widestBits.ipv4);
}

export function isRelayLive({ untilMs }: RelayEntry, nowMs: number): boolean {
  return untilMs > nowMs;
}

/** Whether mail of this domain may go by the entry. */
export function maySendFor({ senders }: RelayEntry, domain: string): boolean {
  return senders.some((named) => domain === named || domain.endsWith(`.${named}`));
}
