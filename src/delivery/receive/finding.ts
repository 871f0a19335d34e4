import type { Anomalies } from './anomalies.ts';
import type { Refusal } from './intake.ts';

/** Why a transaction goes no further: what decided, what the client hears, and the evidence for the trace. */
export interface Finding {
  /** `IntakeCheck`, or the name of a check of policy, or `score`. */
  readonly check: string;
  readonly refusal: Refusal;
  /** The address that it is about, as given. */
  readonly about?: string;
  /** What exactly was found: a relay form, the anomalies. */
  readonly detail?: string;
  readonly evidence?: Readonly<Record<string, unknown>>;
  /** It stands in the trace already. */
  readonly isTraced?: boolean;
}

/** The checks of the intake itself; the policy's own come beside them. */
export type IntakeCheck =
  | 'size'
  | 'submitter'
  | 'sender'
  | 'recipient'
  | 'recipients'
  | 'relay'
  | 'room'
  | 'downstream'
  | 'smuggling'
  | 'header'
  | 'loop'
  | 'header-from'
  | 'parts'
  | 'rule'
  | 'ban'
  | 'sending-limit'
  | 'queue';

/** The anomalies that occurred, in words for trace and event. */
export function anomalyWords(anomalies: Anomalies): string {
  const words: string[] = [];
  if (anomalies.bareCr) words.push('bare-cr');
  if (anomalies.bareLf) words.push('bare-lf');
  if (anomalies.nul) words.push('nul');
  return words.join('+');
}
