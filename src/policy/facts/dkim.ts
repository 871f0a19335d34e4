import type { DkimReport } from '#mailauth/dkim/dkim-outcome.ts';
import type { AuthorSide } from '../aside/authenticate-mail.ts';
import { spfIdentifier } from '../identifiers.ts';
import type { Fact, FactReader } from '../fact.ts';
import { messageOf } from './message-of.ts';

/** Of a message without signatures. */
export const noDkim: DkimReport = { outcomes: [], unchecked: 0, asked: [] };

/** What the message's signatures came to (P-20). Without any nobody is asked. */
export const dkimFact: Fact<'dkim'> = {
  name: 'dkim',
  stage: 'message',
  asks: 'dns',
  absent: () => noDkim,
  compute(sources, facts) {
    const { signatures } = messageOf(sources);
    if (signatures.dkimSignatures === 0) return noDkim;
    return signatures.dkim(() => authorSide(facts));
  },
  record: (fact) => (fact.outcomes.length === 0 ? undefined : fact),
};

/** SPF was found out with the envelope, as a rule; it is not waited for. */
function authorSide(facts: FactReader): AuthorSide | undefined {
  const author = facts.read('author');
  const spf = facts.read('spf');
  if (author instanceof Promise || author.author.kind !== 'domain' || spf instanceof Promise)
    return undefined;
  return { domain: author.author.domain, spf: spfIdentifier(spf) };
}
