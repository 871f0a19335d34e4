import type { ClientAddress, Network } from '#base/client-address.ts';
import type { LimitHit } from './connection-limits.ts';

/** Whether a connection is let in; keep it until `release`. */
export type Admission =
  | { readonly hit: undefined; readonly release?: (networks: readonly Network[]) => void }
  /** The limit that it met, or a rule that denies. Nothing was counted as open. */
  | {
      readonly hit: LimitHit | 'rule';
      readonly rule: string | undefined;
      /** Had it been a client whom we know: there is room left for those (S-09). */
      readonly ifKnown?: (nowMs: number) => Admission;
    };

/** What is asked before a connection is listened to (I-92). */
export interface Gate {
  /** @param nowMs monotonic (S-12) */
  admit(client: ClientAddress, isExempt: boolean, nowMs: number): Admission;
  /** Once for each connection that was let in. */
  release(client: ClientAddress, admission: Admission): void;
}

/** The usual answer, made once. */
export const admitted: Admission = { hit: undefined };
/** A rule lets it past the limits of its address. */
export const freely: Admission = { hit: undefined };
