import type { ClientAddress } from '#base/client-address.ts';
import type { Clock } from '#platform/clock.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { TraceQuestion } from '#trace/record.ts';
import type { PublishedRecords } from '../published-records.ts';

/** RFC 7208 §2.6. */
export type SpfResult = 'none' | 'neutral' | 'pass' | 'fail' | 'softfail' | 'temperror' | 'permerror';

/** RFC 7208 §2.3 and §2.4: whose word was asked. */
export type SpfIdentity = 'mailfrom' | 'helo';

/** Both identities come from the session (I-35). */
export interface SpfInput {
  readonly address: ClientAddress;
  /** As the client said it, whatever it is. */
  readonly helo: string;
  /** The reverse path without its angle brackets; empty for the null sender. */
  readonly mailFrom: string;
}

export interface SpfWorld {
  /** With a budget of its message around it (S-09). */
  readonly resolver: Resolver;
  readonly clock: Clock;
  /** Our own name, for `%{r}`. */
  readonly receiver: string;
  /** Records that were read before; each is read anew where they are left out. */
  readonly records?: Pick<PublishedRecords, 'spf'> | undefined;
}

export interface SpfOutcome {
  readonly result: SpfResult;
  readonly identity: SpfIdentity;
  /** The domain that was asked, in lower case and A-labels; for `none` it may be no domain at all, cleaned. */
  readonly domain: string;
  /** Only with `fail`: the domain's own words (RFC 7208 §6.2), one line of printable ASCII, bounded (I-37). */
  readonly explanation?: string;
  readonly evidence: SpfEvidence;
}

/** Why it is so; every text is cleaned and bounded, so that it can stand in a trace as it is. */
export interface SpfEvidence {
  /**
   * The terms that decided, from the record of the domain that was asked inwards through redirect and include;
   * empty where no term matched or something went wrong.
   */
  readonly matched: readonly SpfTermPlace[];
  /** With `temperror`, `permerror` and `none`: where it ended and why. */
  readonly problem?: SpfProblem;
  /** The records that were read, in order: include and redirect add theirs. */
  readonly records: readonly { readonly domain: string; readonly text: string }[];
  /** Questions in order, each asked once; none where the resolver writes them down. */
  readonly asked: readonly TraceQuestion[];
  /** Terms that need look-ups (at most 10) and look-ups that found nothing (at most 2), RFC 7208 §4.6.4. */
  readonly lookupTerms: number;
  readonly voidLookups: number;
  /** The policy looked at the local part, so that a report may name it (RFC 8601 §2.7.2). */
  readonly localPartUsed: boolean;
}

/** A term in the record of a domain, as it is written there. */
export interface SpfTermPlace {
  readonly domain: string;
  readonly term: string;
}

export interface SpfProblem {
  readonly code: SpfProblemCode;
  /** Where; without a term it is the record as a whole, or its look-up. */
  readonly domain: string;
  readonly term?: string;
  /** In words, for the trace. */
  readonly detail: string;
}

export type SpfProblemCode =
  /** `none`: the identity holds no name that could be asked (RFC 7208 §4.3). */
  | 'no-domain'
  /** `none`: no record, §4.5. */
  | 'no-record'
  /** `permerror` from here on. Include of or redirect to a domain without record, §5.2, §6.1. */
  | 'no-record-there'
  | 'several-records'
  | 'record-too-large'
  | 'syntax'
  /** A redirect whose name cannot be asked for, §6.1. */
  | 'bad-target'
  | 'too-many-lookup-terms'
  | 'too-many-void-lookups'
  | 'too-many-exchangers'
  | 'too-many-questions'
  /** `temperror`: the DNS did not answer, or not in time. */
  | 'dns'
  | 'out-of-time'
  /** Nobody knows from where the message came. */
  | 'no-client';
