import { err } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Domain } from '#mail/domain.ts';
import { headerMailboxes } from '#mail/header-address.ts';
import { unfold } from '#mail/header.ts';
import type { HeaderField } from '#mail/header.ts';
import { dkimFieldsReadMax, dkimSignaturesMax } from './bounds.ts';
import type { CanonicalHeader } from './canonical-header.ts';
import type { DkimProblem } from './dkim-problem.ts';
import { readDkimField } from './dkim-signature.ts';
import type { DkimClaims, DkimSignature } from './dkim-signature.ts';

/** A DKIM-Signature field that will be checked. */
export interface DkimCandidate {
  readonly place: number;
  readonly field: HeaderField;
  readonly claims: DkimClaims;
  readonly signature: Result<DkimSignature, DkimProblem>;
}

/** The fields to check: all up to `dkimSignaturesMax`, of more those that may be aligned with From first (S-09). */
export function chooseDkimCandidates(header: CanonicalHeader): readonly DkimCandidate[] {
  const read = header
    .fields('dkim-signature')
    .slice(0, dkimFieldsReadMax)
    .map((field, place) => ({ place, field, ...readDkimField(header.fieldText(field)) }));
  const chosen = mostAligned(header, read);
  const flaw = chosen.length === 0 ? undefined : header.flaw();
  return flaw === undefined ? chosen : chosen.map((one) => ({ ...one, signature: err(flaw) }));
}

function mostAligned(header: CanonicalHeader, read: readonly DkimCandidate[]): readonly DkimCandidate[] {
  if (read.length <= dkimSignaturesMax) return read;
  const author = authorDomain(header);
  const nearness = ({ claims }: DkimCandidate): number => commonLabels(claims.domain, author);
  return read
    .toSorted((a, b) => nearness(b) - nearness(a))
    .slice(0, dkimSignaturesMax)
    .toSorted((a, b) => a.place - b.place);
}

function authorDomain(header: CanonicalHeader): string | undefined {
  const [from] = header.fields('from');
  if (from === undefined) return undefined;
  const { text, valueStart } = header.fieldText(from);
  const author = headerMailboxes(unfold(text.slice(valueStart))).mailboxes[0]?.address;
  return author?.ok === true ? author.value.domain : undefined;
}

/** How many labels two names have in common from the right; the same name has more than any other. */
function commonLabels(one: Domain | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) return 0;
  if (one === other) return Number.MAX_SAFE_INTEGER;
  const right = other.split('.').toReversed();
  const differing = one
    .split('.')
    .toReversed()
    .findIndex((label, index) => label !== right[index]);
  return differing < 0 ? right.length : differing;
}
