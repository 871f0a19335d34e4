import type { IpNetwork } from './ip-network.ts';
import type { MacroString } from './macro-string.ts';

/** What a matching directive says of the client (RFC 7208 §4.6.2). */
export type Qualifier = 'pass' | 'fail' | 'softfail' | 'neutral';

/** Bits that must agree, for each kind of address (RFC 7208 §5.6). */
export interface DualCidrLength {
  readonly ipv4Bits: number;
  readonly ipv6Bits: number;
}

/** RFC 7208 §5; a domain that is left out is the one whose record it is. */
export type Mechanism =
  | { readonly kind: 'all' }
  | { readonly kind: 'include'; readonly domainSpec: MacroString }
  | { readonly kind: 'exists'; readonly domainSpec: MacroString }
  | ({ readonly kind: 'a' } & DomainAndCidr)
  | ({ readonly kind: 'mx' } & DomainAndCidr)
  | { readonly kind: 'ptr'; readonly domainSpec: MacroString | undefined }
  | ({ readonly kind: 'ip4' } & IpNetwork)
  | ({ readonly kind: 'ip6' } & IpNetwork);

export interface DomainAndCidr {
  readonly domainSpec: MacroString | undefined;
  readonly cidr: DualCidrLength;
}

export interface Directive {
  readonly qualifier: Qualifier;
  readonly mechanism: Mechanism;
  /** As it is written in the record. */
  readonly term: string;
}

/** Redirect and explanation (RFC 7208 §6); unknown modifiers are checked and forgotten. */
export interface Modifier {
  readonly domainSpec: MacroString;
  readonly term: string;
}

export interface SpfRecord {
  readonly directives: readonly Directive[];
  readonly redirect: Modifier | undefined;
  readonly explanation: Modifier | undefined;
}
