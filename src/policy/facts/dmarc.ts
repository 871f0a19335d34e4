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
  async compute(sources, facts) {
    const { author } = await facts.read('author');
    if (author.kind !== 'domain') return undefined;
    const dkim = Promise.resolve(facts.read('dkim')).then(identifiers);
    const world = { resolver: sources.policyResolver, clock: sources.clock };
    return await judgeDmarc({ authorDomain: author.domain, spf: facts.read('spf'), dkim }, world);
  },
  record: (fact) => (fact === undefined ? undefined : { ...fact, asked: [] }),
};

function identifiers({ outcomes }: DkimReport): readonly DkimIdentifier[] {
  return outcomes.map(({ result, domain, selector }) => ({ result, domain, selector }));
}
