import type { Awaitable } from '#base/result.ts';
import type { Domain } from '#mail/domain.ts';
import type { Clock } from '#platform/clock.ts';
import type { DnsFailure, Resolver } from '#platform/resolver.ts';
import type { TraceQuestion } from '#trace/record.ts';
import type { PublishedRecords } from '../published-records.ts';
import type { DmarcPolicy, DmarcRecord } from './dmarc-record.ts';

/** What DMARC judges: the one author domain, and what SPF and DKIM found (RFC 9989 §5.3). */
export interface DmarcInput {
  /** Of the one From field (`readAuthorDomain`). */
  readonly authorDomain: Domain;
  /**
   * Of the MAIL FROM identity, which is postmaster at the HELO name for the null sender (RFC 7208 §2.4). May come
   * later: the policy is sought first, so that a message whose SPF and signatures use up the DNS budget does not
   * escape it.
   */
  readonly spf: Awaitable<SpfIdentifier | undefined>;
  /** One for each signature that was looked at; more than `dkimIdentifiersMax` are left out. */
  readonly dkim: Awaitable<readonly DkimIdentifier[]>;
}

/** What DMARC needs to know of an SPF outcome. */
export interface SpfIdentifier {
  readonly result: 'none' | 'neutral' | 'pass' | 'fail' | 'softfail' | 'temperror' | 'permerror';
  /** As it was asked; what is no domain never aligns. */
  readonly domain: string;
}

/** What DMARC needs to know of one signature. */
export interface DkimIdentifier {
  readonly result: 'none' | 'pass' | 'fail' | 'policy' | 'neutral' | 'temperror' | 'permerror';
  /** `d=`; missing when it is no domain. */
  readonly domain: string | undefined;
  /** `s=`. */
  readonly selector: string | undefined;
}

export interface DmarcWorld {
  /** With the budget of its message around it (S-09). */
  readonly resolver: Resolver;
  readonly clock: Clock;
  /** Records that were read before; each is read anew where they are left out. */
  readonly records?: Pick<PublishedRecords, 'dmarc'> | undefined;
}

/** A question that was not answered, now: nothing follows from it (RFC 9989 §5.3.6). */
export interface Unanswered {
  readonly name: string;
  /** `budget`: whoever sent the message may have used it up (S-09). */
  readonly failure: Exclude<DnsFailure, 'nxdomain' | 'nodata'>;
}

/** RFC 9989 §9.2. */
export type DmarcResult = 'pass' | 'fail' | 'none' | 'temperror' | 'permerror';

export interface DmarcOutcome {
  readonly result: DmarcResult;
  /** Why, in words for the trace; foreign text in it is cleaned. */
  readonly reason: string;
  /** With `temperror`: the question that was not answered, where it was one of DMARC's own. */
  readonly unanswered: Unanswered | undefined;
  readonly authorDomain: Domain;
  /** The policy that holds for the author domain; without one the mechanism does not apply. */
  readonly policy: FoundPolicy | undefined;
  /** Of the author domain, where it had to be found. */
  readonly organizationalDomain: Domain | undefined;
  readonly spf: AlignedSpf | undefined;
  readonly dkim: readonly AlignedDkim[];
  /** What the public suffix list would have said; never decides (I-43). */
  readonly publicSuffix: PublicSuffixNote;
  /** Questions in order, each asked once; none where the resolver writes them down. */
  readonly asked: readonly TraceQuestion[];
}

/**
 * How an identifier stands to the author domain (RFC 9989 §3.2.10), whatever its own result: `strict` the same name,
 * `relaxed` the same organizational domain where the record allows that, `none`; `unknown` where the DNS did not
 * answer, or where nobody needed to know.
 */
export type Alignment = 'strict' | 'relaxed' | 'none' | 'unknown';

export type AlignedSpf = SpfIdentifier & { readonly alignment: Alignment };
export type AlignedDkim = DkimIdentifier & { readonly alignment: Alignment };

export interface FoundPolicy {
  readonly record: DmarcRecord;
  /** Where it was found: the DMARC Policy Domain. */
  readonly domain: Domain;
  readonly foundAt: 'author-domain' | 'organizational-domain' | 'public-suffix-domain';
  /** Which tag speaks for this author domain. `default` where a broken record counts as `p=none` (RFC 9989 §4.10.1). */
  readonly tag: 'p' | 'sp' | 'np' | 'default';
  /** As published. */
  readonly published: DmarcPolicy;
  /** `t=y` lowers it by one level (RFC 9989 §4.7). */
  readonly wanted: DmarcPolicy;
}

/** The older rule (RFC 7489 §3.2), noted for comparison. */
export interface PublicSuffixNote {
  /** The registrable domain; none for a public suffix itself. */
  readonly organizationalDomain: Domain | undefined;
  readonly spfAligned: boolean;
  readonly dkimAligned: boolean;
  /** Whether the older rule would align other identifiers than the tree walk does. */
  readonly differs: boolean;
}
