import type { FactTable } from './fact-table.ts';
import type { ListSaid } from './lists/list-said.ts';

/** What beside a DMARC failure can speak against a message (I-45). */
export type FurtherFinding =
  | 'spf-fail'
  | 'no-signature'
  /** None is valid, but of some the keys never came: nothing that an honest message depends on, or a forger may use. */
  | 'unanswered-signature'
  | 'no-reverse-name'
  | 'listed-address'
  | 'listed-name'
  | 'look-alike';

export type FurtherFacts = Pick<
  FactTable,
  'spf' | 'dkim' | 'iprev' | 'clientLists' | 'nameLists' | 'lookAlike'
>;

/** What else speaks against the message (I-45). What could not be asked does not, but for the keys of strangers. */
export function furtherFindings(facts: FurtherFacts): readonly FurtherFinding[] {
  const { spf, iprev, clientLists, nameLists, lookAlike } = facts;
  const found: FurtherFinding[] = [];
  if (spf.result === 'fail') found.push('spf-fail');
  const signature = signatureFinding(facts);
  if (signature !== undefined) found.push(signature);
  if (iprev.finding === 'unconfirmed' || iprev.finding === 'no-name') found.push('no-reverse-name');
  if (clientLists.some(speaksAgainst)) found.push('listed-address');
  if (nameLists.some(speaksAgainst)) found.push('listed-name');
  if (lookAlike.displayed.length > 0 || lookAlike.own !== undefined) found.push('look-alike');
  return found;
}

/** Whether nothing but signatures that could not be checked stands beside the DMARC failure. */
export function hangsOnSignature(found: readonly string[]): boolean {
  return found.length === 1 && found[0] === 'unanswered-signature';
}

function signatureFinding({ dkim: { outcomes } }: FurtherFacts): FurtherFinding | undefined {
  if (outcomes.some(({ result }) => result === 'pass')) return undefined;
  return outcomes.some(({ result }) => result === 'temperror') ? 'unanswered-signature' : 'no-signature';
}

/** A list whose word counts for nothing only tells. */
function speaksAgainst({ outcome, share }: ListSaid): boolean {
  return outcome === 'listed' && share > 0;
}
