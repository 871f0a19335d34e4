import type { Domain } from '#mail/domain.ts';

/**
 * Whom a message claims to be from (RFC 9989 §5.3.1). What is `unfit` has no one author domain and is refused with
 * `550 5.6.0`: a reader may show the author who was not judged.
 */
export type AuthorDomain =
  | {
      readonly kind: 'domain';
      readonly domain: Domain;
      /** Domains of addresses in display names that are another than `domain`: shown to people, proven by nobody. */
      readonly displayed: readonly Domain[];
    }
  /** One author at an address literal: nothing could be published for it, so DMARC does not apply. */
  | { readonly kind: 'literal'; readonly literal: string }
  | { readonly kind: 'unfit'; readonly problem: AuthorProblem; readonly detail: string };

export type AuthorProblem =
  | 'no-from'
  | 'several-from-fields'
  /** An empty group, or nothing that is an address. */
  | 'no-author'
  | 'several-domains'
  /** One reading gives one domain, another reading another. */
  | 'ambiguous'
  | 'too-many-authors';
