import type { Network } from '#base/client-address.ts';

/** Why somebody is shut out. */
export type BanReason =
  /** Too many failed log-ins (I-80). */
  | 'logins'
  /** Too many connections (I-83). */
  | 'connections'
  /** Smuggling, injection, scans: what no honest peer does (I-87). */
  | 'intrusion'
  /** An administrator said so. */
  | 'administrator';

/** What one was banned for, as it is shown. */
export interface BanEvidence {
  /** Failures or refused connections within the window. */
  readonly count?: number;
  readonly listener?: string;
  /** Names that were tried: foreign text, cleaned. */
  readonly users?: readonly string[];
  /** An administrator's words, or what exactly was found. */
  readonly note?: string;
}

/** A network that is not let in, or was not, and how often that was. */
export interface Ban {
  /** One client (IPv4 /32, IPv6 /64), but for an administrator's, which may be any. */
  readonly network: Network;
  readonly reason: BanReason;
  /** Wall clock, milliseconds since 1970. */
  readonly sinceMs: number;
  /** `undefined`: until it is lifted by hand. */
  readonly untilMs: number | undefined;
  /** How many bans in a row, this one included: each lasts longer. */
  readonly strikes: number;
  readonly evidence: BanEvidence;
}

export function isLive(ban: Ban, nowMs: number): boolean {
  return ban.untilMs === undefined || ban.untilMs > nowMs;
}

/** How long one that is over is remembered, so that the next lasts longer. */
export const strikesKeptMs = 30 * 86_400_000;

export function isForgotten({ untilMs }: Ban, nowMs: number): boolean {
  return untilMs !== undefined && untilMs + strikesKeptMs <= nowMs;
}
