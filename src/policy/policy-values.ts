import type { NamedSender } from './named-sender.ts';
import type { CheckAction } from './stage.ts';

/** How one check is set just now. */
export interface CheckValues {
  readonly action: CheckAction;
  readonly weight: number;
  readonly except: readonly string[];
}

export interface Thresholds {
  readonly junkScore: number;
  readonly refuseScore: number;
  readonly greylistScore: number;
}

/** What policy is set to; read for each message, so that a change counts for the next (P-33). */
export interface PolicyValues extends Thresholds {
  readonly greylisting: boolean;
  readonly greylistDelayMs: number;
  readonly forwarders: readonly string[];
  readonly arcSealers: readonly string[];
  readonly namedSenders: readonly NamedSender[];
  check(name: string): CheckValues;
}
