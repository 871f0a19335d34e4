import { andThen } from '#base/and-then.ts';
import { judgeDmarc } from '#mailauth/dmarc/judge-dmarc.ts';
import type { DkimIdentifier } from '#mailauth/dmarc/dmarc-outcome.ts';
import type { DkimReport } from '#mailauth/dkim/dkim-outcome.ts';
import type { Fact } from '../fact.ts';

/** DMARC of the one author domain (P-21). Its policy is sought while SPF and the signatures are still asked for. */
export const dmarcFact: Fact<'dmarc'> = {
  name: 'dmarc',
  stage: 'message',
  asks: 'dns',
  absent: () => undefined,
  compute({ policyResolver, clock, records }, facts) {
    return andThen(facts.read('author'), ({ author }) => {
      if (author.kind !== 'domain') return undefined;
      const dkim = andThen(facts.read('dkim'), identifiers);
      const world = { resolver: policyResolver, clock, records };
      return judgeDmarc({ authorDomain: author.domain, spf: facts.read('spf'), dkim }, world);
    });
  },
};

function identifiers({ outcomes }: DkimReport): readonly DkimIdentifier[] {
  return outcomes.map(({ result, domain, selector }) => ({ result, domain, selector }));
}
