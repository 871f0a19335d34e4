import { ok } from '#base/result.ts';
import type { Awaitable, Result } from '#base/result.ts';
import { now, walk } from '#base/steps.ts';
import type { Steps } from '#base/steps.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import type { Alignment, Unanswered } from './dmarc-outcome.ts';
import { organizationalDomain, walkTree } from './policy-walk.ts';
import type { PolicyLookups } from './policy-walk.ts';

export type AlignmentMode = 'relaxed' | 'strict';

/**
 * How identifiers stand to one author domain (RFC 9989 §4.10.2). Two domains with one organizational domain both lie
 * at or below it, so a domain that lies elsewhere is told apart without a question: a stranger cannot make us walk.
 */
export class Alignments {
  readonly #author: Domain;
  readonly #lookups: PolicyLookups;
  #organization: Awaitable<Result<Domain, Unanswered>> | undefined;

  constructor(author: Domain, lookups: PolicyLookups) {
    this.#author = author;
    this.#lookups = lookups;
  }

  /** Of the author domain; asked when first wanted. */
  organization(): Awaitable<Result<Domain, Unanswered>> {
    this.#organization ??= walk(this.#organizationOf(this.#author));
    return this.#organization;
  }

  /** What was found out of the author's organizational domain, if anybody wanted it. */
  *knownOrganization(): Steps<Domain | undefined> {
    const known = yield* now(this.#organization);
    return known?.ok === true ? known.value : undefined;
  }

  *of(identifier: string, mode: AlignmentMode): Steps<Result<Alignment, Unanswered>> {
    const plain = this.withoutAsking(identifier, mode);
    const domain = plain === 'unknown' ? parseDomain(identifier) : undefined;
    if (domain?.ok !== true) return ok(plain);
    const mine = yield* now(this.organization());
    if (!mine.ok) return mine;
    if (!isAtOrBelow(domain.value, mine.value)) return ok('none');
    const theirs = yield* this.#organizationOf(domain.value);
    if (!theirs.ok) return theirs;
    return ok(theirs.value === mine.value ? 'relaxed' : 'none');
  }

  /** What the two names alone say; `unknown` where a tree walk would have to tell. */
  withoutAsking(identifier: string, mode: AlignmentMode): Alignment {
    if (identifier === this.#author) return 'strict';
    const domain = parseDomain(identifier);
    if (!domain.ok) return 'none';
    if (domain.value === this.#author) return 'strict';
    return mode === 'strict' || topLabel(domain.value) !== topLabel(this.#author) ? 'none' : 'unknown';
  }

  *#organizationOf(domain: Domain): Steps<Result<Domain, Unanswered>> {
    const walked = yield* walkTree(domain, this.#lookups);
    return walked.ok ? ok(organizationalDomain(domain, walked.value)) : walked;
  }
}

function isAtOrBelow(domain: Domain, above: Domain): boolean {
  return domain === above || domain.endsWith(`.${above}`);
}

function topLabel(domain: Domain): string {
  return domain.slice(domain.lastIndexOf('.') + 1);
}
