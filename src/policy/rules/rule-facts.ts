import type { ClientAddress } from '#base/client-address.ts';
import type { NamedNetworks } from '../flow/flow-rules.ts';

/** A mail address as rules compare it. */
export interface RuleAddress {
  /** In lower case; `undefined` where it cannot be compared. */
  readonly address: string | undefined;
  readonly domain: string;
}

/** All that a rule may look at: plain values, so that the same answer can be given again on a record (N-3). */
export interface RuleFacts {
  readonly direction: 'in' | 'out';
  readonly listener: string;
  /** Of what a gateway brings, whom it took it from (I-59); `undefined`: nobody knows. */
  readonly client: ClientAddress | undefined;
  readonly helo: string;
  /** Client and HELO stand in the header, which has not come yet. */
  readonly isClientLate: boolean;
  readonly tls: boolean;
  /** Who is logged in. */
  readonly account: RuleAddress | undefined;
  /** `undefined`: the null reverse-path of a bounce. */
  readonly sender: RuleAddress | undefined;
  /** As it was named, and without its detail (`user+detail@`): nobody steps around a rule with a plus sign. */
  readonly recipient: readonly RuleAddress[];
  /** It is postmaster's or abuse's (RFC 5321 §4.5.1, S-03). */
  readonly isReserved: boolean;
  readonly size: RuleSize;
  readonly networks: NamedNetworks;
}

/** Before a message is whole its size is a claim: it may turn out larger. */
export interface RuleSize {
  readonly bytes: number;
  readonly isWhole: boolean;
}
