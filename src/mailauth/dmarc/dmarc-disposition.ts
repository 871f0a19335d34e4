import type { DmarcOutcome, FoundPolicy } from './dmarc-outcome.ts';
import type { DmarcPolicy } from './dmarc-record.ts';

/** Why the disposition is another than the one published (RFC 9990 §3.1.6). Told to the domain's owner. */
export interface PolicyOverride {
  readonly type: 'local_policy' | 'mailing_list' | 'other' | 'policy_test_mode' | 'trusted_forwarder';
  /** Fixed words: what our users and administrators arranged is not told. */
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

/** An administrator's word that the published policy is not to be applied. */
export interface LocalOverride {
  readonly type: 'local_policy' | 'mailing_list' | 'trusted_forwarder';
  /** The administrator's reason; stays here. */
  readonly reason: string;
}

export interface DispositionFacts {
  /** Findings of other checks that speak against the message: their names (I-45). */
  readonly furtherFindings: readonly string[];
  readonly indirectSigns: readonly IndirectSign[];
  readonly localOverride: LocalOverride | undefined;
}

/**
 * I-45: the published policy is evidence. Only a message that failed, of a domain that wants it, is touched at all;
 * it is refused only if something further speaks against it and nothing says that it came by a detour (RFC 9989 §7.4,
 * §8: never for `p=reject` alone).
 */
export function decideDisposition(
  { result, policy, reason }: Pick<DmarcOutcome, 'result' | 'policy' | 'reason'>,
  facts: DispositionFacts,
): DmarcDisposition {
  if (result !== 'fail' || policy === undefined) return { disposition: 'none', overrides: [], why: reason };
  const decided = decideFailed(policy, facts);
  // Reports name each step away from what was published (RFC 9990 §3.1.1.9).
  if (policy.wanted === policy.published) return decided;
  const lowered = `t=y lowers ${policy.published} to ${policy.wanted}`;
  return { ...decided, overrides: [{ type: 'policy_test_mode', comment: lowered }, ...decided.overrides] };
}

function decideFailed(policy: FoundPolicy, facts: DispositionFacts): DmarcDisposition {
  const { wanted, domain } = policy;
  if (wanted === 'none') return { disposition: 'none', overrides: [], why: `${domain} asks for nothing` };
  const { localOverride } = facts;
  if (localOverride !== undefined)
    return {
      disposition: 'none',
      overrides: [{ type: localOverride.type, comment: 'a local exception' }],
      why: `${domain} asks for ${wanted}, but there is an exception: ${localOverride.reason}`,
    };
  if (wanted === 'quarantine')
    return { disposition: 'quarantine', overrides: [], why: `${domain} asks for quarantine` };
  return decideReject(domain, facts);
}

function decideReject(
  domain: string,
  { furtherFindings, indirectSigns }: DispositionFacts,
): DmarcDisposition {
  const [sign] = indirectSigns;
  if (sign !== undefined) {
    const { type, comment } = signWords[sign.kind];
    return {
      disposition: 'quarantine',
      overrides: [{ type, comment }],
      why: `${domain} asks for refusal, but ${comment} (${sign.who})`,
    };
  }
  if (furtherFindings.length === 0) {
    const comment = 'nothing but the DMARC result speaks against the message';
    return {
      disposition: 'quarantine',
      overrides: [{ type: 'local_policy', comment }],
      why: `${domain} asks for refusal, but ${comment}`,
    };
  }
  const why = `${domain} asks for refusal, and also: ${furtherFindings.join(', ')}`;
  return { disposition: 'reject', overrides: [], why };
}

const signWords: Readonly<Record<IndirectSign['kind'], PolicyOverride>> = {
  'mailing-list': { type: 'mailing_list', comment: 'the message came by a mailing list' },
  'named-forwarder': { type: 'trusted_forwarder', comment: 'the message came by a known forwarder' },
  'named-arc-sealer': { type: 'local_policy', comment: 'a known ARC sealer passed the message on' },
};
