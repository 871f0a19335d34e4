import { onePiece } from '#base/one-piece.ts';
import { ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Steps } from '#base/steps.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import type { AlignmentMode, Alignments } from './alignment.ts';
import type {
  AlignedDkim,
  AlignedSpf,
  Alignment,
  DkimIdentifier,
  SpfIdentifier,
  Unanswered,
} from './dmarc-outcome.ts';

/** What SPF and DKIM found of one message. */
export interface Identifiers {
  readonly spf: SpfIdentifier | undefined;
  readonly dkim: readonly DkimIdentifier[];
}

export interface JudgedIdentifiers {
  readonly result: 'pass' | 'fail' | 'temperror';
  readonly reason: string;
  readonly unanswered: Unanswered | undefined;
  readonly spf: AlignedSpf | undefined;
  readonly dkim: readonly AlignedDkim[];
}

export interface AlignmentRules {
  readonly alignments: Alignments;
  readonly aspf: AlignmentMode;
  readonly adkim: AlignmentMode;
}

/** One identifier and how it stands to the author domain. */
interface Claim {
  readonly mechanism: 'SPF' | 'DKIM';
  readonly result: string;
  readonly domain: string;
  readonly mode: AlignmentMode;
  stands: Result<Alignment, Unanswered>;
}

/**
 * RFC 9989 §5.3.3 to §5.3.6. One aligned pass is a pass, whatever else went wrong. A pass that is not aligned counts
 * as none (I-44). Where an identifier that might have been the aligned pass could not be checked for a failure of the
 * DNS, the message neither passes nor fails.
 */
export function* judgeIdentifiers(identifiers: Identifiers, rules: AlignmentRules): Steps<JudgedIdentifiers> {
  const claims = claimsOf(identifiers, rules);
  yield* findAlignments(claims, 'pass', rules.alignments);
  const passed = claims.filter(({ result }) => result === 'pass');
  const aligned = passed.find(isAligned);
  if (aligned !== undefined)
    return judged(identifiers, claims, { result: 'pass', reason: alignedWords(aligned) });
  const open = passed.find(({ stands }) => !stands.ok);
  if (open !== undefined)
    return judged(identifiers, claims, { result: 'temperror', reason: openWords(open) });
  yield* findAlignments(claims, 'temperror', rules.alignments);
  const unchecked = claims.find(
    (claim) => claim.result === 'temperror' && (!claim.stands.ok || isAligned(claim)),
  );
  if (unchecked !== undefined)
    return judged(identifiers, claims, { result: 'temperror', reason: uncheckedWords(unchecked) });
  const reason = 'no domain that SPF or DKIM vouches for is aligned with the author domain';
  return judged(identifiers, claims, { result: 'fail', reason });
}

function claimsOf({ spf, dkim }: Identifiers, { alignments, aspf, adkim }: AlignmentRules): readonly Claim[] {
  const claim = (
    mechanism: Claim['mechanism'],
    { result, domain = '' }: SpfIdentifier | DkimIdentifier,
  ): Claim => {
    const mode = mechanism === 'SPF' ? aspf : adkim;
    return { mechanism, result, domain, mode, stands: ok(alignments.withoutAsking(domain, mode)) };
  };
  const signed = dkim.map((one) => claim('DKIM', one));
  return spf === undefined ? signed : [claim('SPF', spf), ...signed];
}

/** One after the other: the questions then come in an order that does not hang on the DNS. */
function* findAlignments(claims: readonly Claim[], result: string, alignments: Alignments): Steps<void> {
  for (const claim of claims) {
    if (claim.result === result) claim.stands = yield* alignments.of(claim.domain, claim.mode);
  }
}

function isAligned({ stands }: Claim): boolean {
  return stands.ok && (stands.value === 'strict' || stands.value === 'relaxed');
}

function judged(
  { spf, dkim }: Identifiers,
  claims: readonly Claim[],
  verdict: Pick<JudgedIdentifiers, 'result' | 'reason'>,
): JudgedIdentifiers {
  const alignments = claims.map(({ stands }) => (stands.ok ? stands.value : 'unknown'));
  const [ofSpf = 'unknown'] = alignments;
  const ofDkim = spf === undefined ? alignments : alignments.slice(1);
  const failed = claims.find(({ stands }) => !stands.ok)?.stands;
  return {
    ...verdict,
    unanswered: verdict.result === 'temperror' && failed?.ok === false ? failed.error : undefined,
    spf: spf === undefined ? undefined : { ...spf, alignment: ofSpf },
    dkim: dkim.map((one, index) => ({ ...one, alignment: ofDkim[index] ?? 'unknown' })),
  };
}

function alignedWords({ mechanism, domain, stands }: Claim): string {
  const how =
    stands.ok && stands.value === 'strict' ? 'is the author domain' : 'belongs to the author domain';
  return onePiece(`${mechanism} vouches for ${cleanForeignText(domain)}, which ${how}`);
}

function openWords({ mechanism, domain }: Claim): string {
  return `${mechanism} vouches for ${cleanForeignText(domain)}, but the DNS did not say whether that belongs to the author domain`;
}

function uncheckedWords({ mechanism, domain }: Claim): string {
  return `${mechanism} of ${cleanForeignText(domain)} could not be checked, because the DNS did not answer`;
}
