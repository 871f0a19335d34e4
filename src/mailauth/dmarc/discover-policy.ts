import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { now } from '#base/steps.ts';
import type { Steps } from '#base/steps.ts';
import type { Domain } from '#mail/domain.ts';
import type { FoundPolicy, Unanswered } from './dmarc-outcome.ts';
import type { DmarcPolicy, DmarcRecord } from './dmarc-record.ts';
import { organizationalDomain, walkTree } from './policy-walk.ts';
import type { PolicyLookups, PublishedAt } from './policy-walk.ts';

/** The record that holds for an author domain, and where it stands. */
export type PolicyPlace = PublishedAt & Pick<FoundPolicy, 'foundAt'>;

/**
 * RFC 9989 §4.10.1: the record of the author domain; else, by a tree walk, of its organizational domain; else of its
 * public suffix domain. No other domain of the message is asked (I-43, C-11).
 */
export function* discoverPolicy(
  author: Domain,
  lookups: PolicyLookups,
): Steps<Result<PolicyPlace | undefined, Unanswered>> {
  const own = yield* now(lookups.at(author));
  if (!own.ok) return own;
  if (own.value !== undefined) return ok({ domain: author, record: own.value, foundAt: 'author-domain' });
  const walked = yield* walkTree(author, lookups);
  if (!walked.ok) return walked;
  const organization = organizationalDomain(author, walked.value);
  const published = walked.value.find(({ domain }) => domain === organization);
  if (published !== undefined) return ok({ ...published, foundAt: 'organizational-domain' });
  const suffix = walked.value.find(({ record }) => record.psd === 'y');
  return ok(suffix === undefined ? undefined : { ...suffix, foundAt: 'public-suffix-domain' });
}

/**
 * RFC 9989 §4.10.1: a record without a readable policy that at least asks for reports counts as `p=none`; any other
 * such record means that DMARC is not applied at all: then `undefined`.
 */
export function policyOf(place: PolicyPlace, authorExists: boolean): FoundPolicy | undefined {
  const { record } = place;
  if (record.policyBroken && record.rua.length === 0) return undefined;
  const { tag, published } = record.policyBroken ? brokenPolicy : publishedPolicy(place, authorExists);
  const wanted = record.testing ? oneLevelBelow(published) : published;
  return { ...place, tag, published, wanted };
}

const brokenPolicy = { tag: 'default', published: 'none' } as const;

/** Whether it matters that the author domain exists: only to `np` of a domain above it (I-43). */
export function asksForExistence({ foundAt, record }: PolicyPlace): boolean {
  return foundAt !== 'author-domain' && record.np !== undefined && record.np !== subdomainPolicy(record);
}

function publishedPolicy(place: PolicyPlace, authorExists: boolean): Pick<FoundPolicy, 'tag' | 'published'> {
  const { p = 'none', sp, np } = place.record;
  if (place.foundAt === 'author-domain') return { tag: 'p', published: p };
  if (!authorExists && np !== undefined) return { tag: 'np', published: np };
  return sp === undefined ? { tag: 'p', published: p } : { tag: 'sp', published: sp };
}

function subdomainPolicy({ p, sp }: DmarcRecord): DmarcPolicy | undefined {
  return sp ?? p;
}

/** RFC 9989 §4.7 `t`. */
function oneLevelBelow(policy: DmarcPolicy): DmarcPolicy {
  return policy === 'reject' ? 'quarantine' : 'none';
}
