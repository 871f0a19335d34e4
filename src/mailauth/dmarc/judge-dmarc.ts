import { ok } from '#base/result.ts';
import type { Awaitable, Result } from '#base/result.ts';
import { now, walk } from '#base/steps.ts';
import type { Steps } from '#base/steps.ts';
import { Alignments } from './alignment.ts';
import { asksForExistence, discoverPolicy, policyOf } from './discover-policy.ts';
import type { PolicyPlace } from './discover-policy.ts';
import type { DmarcInput, DmarcOutcome, DmarcWorld, Unanswered } from './dmarc-outcome.ts';
import { judgeIdentifiers } from './judge-identifiers.ts';
import type { AlignmentRules, Identifiers, JudgedIdentifiers } from './judge-identifiers.ts';
import { PolicyLookups } from './policy-walk.ts';
import { notePublicSuffix } from './public-suffix-note.ts';

/** Signatures that DMARC looks at: more than are ever verified (S-09). */
export const dkimIdentifiersMax = 16;

/**
 * DMARC of one message (RFC 9989 §5.3; P-21, I-43, I-44). What comes out is evidence; what is done with it is
 * `decideDisposition`. Never rejects for the world's trouble. Asks at most eight questions for the author domain, one
 * for its existence, and more only for identifiers in the author's own tree. All that is asked of the author is asked
 * before SPF and the signatures are waited for: whoever lets those take long must not leave it unanswered.
 */
export function judgeDmarc(input: DmarcInput, world: DmarcWorld): Awaitable<DmarcOutcome> {
  return walk(judge(input, world));
}

function* judge(input: DmarcInput, world: DmarcWorld): Steps<DmarcOutcome> {
  const lookups = new PolicyLookups(world);
  const place = yield* discoverPolicy(input.authorDomain, lookups);
  const alignments = new Alignments(input.authorDomain, lookups);
  const exists = place.ok ? askEarly(place.value, { author: input.authorDomain, lookups, alignments }) : yes;
  const spf = yield* now(input.spf);
  const dkim = (yield* now(input.dkim)).slice(0, dkimIdentifiersMax);
  const identifiers = { spf, dkim };
  const judging: Judging = { author: input.authorDomain, identifiers, lookups, alignments, exists };
  if (!place.ok) return withoutPolicy(judging, unanswered(place.error));
  if (place.value === undefined) return withoutPolicy(judging, noPolicy);
  if (policyOf(place.value, true) === undefined) return withoutPolicy(judging, unreadable(place.value));
  return yield* judgeByPolicy(place.value, judging);
}

interface Judging extends Pick<AlignmentRules, 'alignments'> {
  readonly author: DmarcInput['authorDomain'];
  readonly identifiers: Identifiers;
  readonly lookups: PolicyLookups;
  readonly exists: Awaitable<Result<boolean, Unanswered>>;
}

const yes = ok(true);

/** What alignment and `np` may want to know of the author. Whether it exists is what comes back. */
function askEarly(
  place: PolicyPlace | undefined,
  { author, lookups, alignments }: Pick<Judging, 'author' | 'lookups' | 'alignments'>,
): Awaitable<Result<boolean, Unanswered>> {
  if (place === undefined || policyOf(place, true) === undefined) return yes;
  const { aspf, adkim } = place.record;
  if (aspf === 'relaxed' || adkim === 'relaxed') void alignments.organization();
  return asksForExistence(place) ? lookups.exists(author) : yes;
}

function* judgeByPolicy(place: PolicyPlace, judging: Judging): Steps<DmarcOutcome> {
  const { author, identifiers, lookups, alignments } = judging;
  const { aspf, adkim } = place.record;
  const judged = yield* judgeIdentifiers(identifiers, { alignments, aspf, adkim });
  // It chooses the policy of a message that failed, and of no other.
  const exists = judged.result === 'fail' ? yield* now(judging.exists) : yes;
  const verdict = exists.ok ? judged : { ...judged, ...unanswered(exists.error) };
  return {
    ...verdict,
    authorDomain: author,
    policy: policyOf(place, !exists.ok || exists.value),
    organizationalDomain: yield* alignments.knownOrganization(),
    publicSuffix: notePublicSuffix(author, passedIdentifiers(judged, { aspf, adkim })),
    asked: lookups.asked,
  };
}

type Verdict = Pick<DmarcOutcome, 'result' | 'reason' | 'unanswered'>;

const noPolicy: Verdict = {
  result: 'none',
  reason: 'the author domain publishes no DMARC policy',
  unanswered: undefined,
};

/** RFC 9989 §4.10.1 and the result names of §9.2. */
function unreadable({ domain }: PolicyPlace): Verdict {
  const reason = `the DMARC record of ${domain} holds no readable policy and no address for reports`;
  return { result: 'permerror', reason, unanswered: undefined };
}

/** RFC 9989 §5.3.6: then no policy can be applied. */
function unanswered(question: Unanswered): Verdict {
  const why = question.failure === 'budget' ? 'the DNS budget of the message was used up' : question.failure;
  return { result: 'temperror', reason: `${question.name} was not answered (${why})`, unanswered: question };
}

/**
 * The mechanism does not apply. Without any record each name is its own organizational domain, so that only the same
 * name is aligned; where a record could not be read, nobody knows how far it would reach.
 */
function withoutPolicy(judging: Judging, verdict: Verdict): DmarcOutcome {
  const { author, identifiers, lookups, alignments } = judging;
  const mode = verdict.result === 'none' ? 'strict' : 'relaxed';
  const { spf, dkim } = identifiers;
  const aligned = <T extends { readonly domain: string | undefined }>(one: T) => ({
    ...one,
    alignment: alignments.withoutAsking(one.domain ?? '', mode),
  });
  return {
    ...verdict,
    authorDomain: author,
    policy: undefined,
    organizationalDomain: undefined,
    spf: spf === undefined ? undefined : aligned(spf),
    dkim: dkim.map(aligned),
    publicSuffix: notePublicSuffix(author, []),
    asked: lookups.asked,
  };
}

function passedIdentifiers(
  { spf, dkim }: JudgedIdentifiers,
  { aspf, adkim }: Pick<AlignmentRules, 'aspf' | 'adkim'>,
): Parameters<typeof notePublicSuffix>[1] {
  const bySpf = spf === undefined ? [] : [{ ...spf, mechanism: 'spf' as const, mode: aspf }];
  const byDkim = dkim.map((one) => ({ ...one, mechanism: 'dkim' as const, mode: adkim }));
  return [...bySpf, ...byDkim].filter(({ result }) => result === 'pass');
}
