/** A Domain Owner Assessment Policy (RFC 9989 §4.7 `p`). */
export type DmarcPolicy = 'none' | 'quarantine' | 'reject';

export interface DmarcRecord {
  readonly p: DmarcPolicy | undefined;
  readonly sp: DmarcPolicy | undefined;
  readonly np: DmarcPolicy | undefined;
  /** `t=y`: the domain tests its policy. */
  readonly testing: boolean;
  readonly psd: 'y' | 'n' | 'u';
  readonly adkim: 'relaxed' | 'strict';
  readonly aspf: 'relaxed' | 'strict';
  /** Failure reporting options, as published or `0`. */
  readonly fo: string;
  /** URIs that can be used, in order, without their obsolete size limit. */
  readonly rua: readonly string[];
  readonly ruf: readonly string[];
  /** A `p`, `sp` or `np` whose value is none of the three, or no `p` (RFC 9989 §4.10.1). */
  readonly policyBroken: boolean;
}
