import type { DmarcPolicy } from './dmarc-record.ts';

/** Why the disposition is another than the one published (RFC 9990 §3.1.6). */
export interface PolicyOverride {
  readonly type: 'local_policy' | 'mailing_list' | 'other' | 'policy_test_mode' | 'trusted_forwarder';
  readonly comment: string;
}

/** What is done with the message for its DMARC result alone: `quarantine` is Junk, marked (I-45). */
export interface DmarcDisposition {
  readonly disposition: DmarcPolicy;
  readonly overrides: readonly PolicyOverride[];
  /** In words, for the trace and the recipient. */
  readonly why: string;
}

/** A sign that a message did not come straight from its author (I-45). */
export interface IndirectSign {
  readonly kind: 'mailing-list' | 'named-forwarder' | 'named-arc-sealer';
  /** The list, forwarder or sealer: a domain or address, cleaned. */
  readonly who: string;
}

/** An administrator's word that the published policy is not to be applied, with the reason that reports carry. */
export interface LocalOverride {
  readonly type: 'local_policy' | 'mailing_list' | 'trusted_forwarder';
  readonly comment: string;
}

export interface DispositionFacts {
  /** Findings of other checks that speak against the message: their names (I-45). */
  readonly furtherFindings: readonly string[];
  readonly indirectSigns: readonly IndirectSign[];
  readonly localOverride: LocalOverride | undefined;
}
