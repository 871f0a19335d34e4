import { allOf } from '#base/all-of.ts';
import { andThen } from '#base/and-then.ts';
import { trustedArcSet } from '#mailauth/arc/trusted-arc-set.ts';
import { findIndirectSigns } from '#mailauth/dmarc/indirect-signs.ts';
import type { Domain } from '#mail/domain.ts';
import { isProven } from '../exception.ts';
import type { Fact, FactReader } from '../fact.ts';
import type { FactSources } from '../fact-sources.ts';
import { messageOf } from './message-of.ts';

/**
 * Signs that a message did not come straight from its author (I-45): a list's fields together with proof that the list's
 * own domain sent it, a forwarder that was named, a named sealer's unbroken ARC chain. A field alone anybody can write.
 */
export const indirectFact: Fact<'indirect'> = {
  name: 'indirect',
  stage: 'message',
  asks: 'dns',
  absent: () => [],
  compute(sources, facts) {
    const { forwarders, arcSealers } = sources;
    const asked = allOf([
      facts.read('spf'),
      facts.read('dkim'),
      forwarders.length === 0 ? undefined : isProven(forwarders, facts),
      arcSealers.length === 0 ? undefined : namedSealer(sources, facts),
    ]);
    return andThen(asked, ([spf, { outcomes }, forwarder, arcSealer]) => {
      const { header } = messageOf(sources);
      return findIndirectSigns({ header, spf, dkim: outcomes, forwarder, arcSealer });
    });
  },
  record: (fact) => (fact.length === 0 ? undefined : fact),
};

/** I-42: of a chain whose last handler was named and signed From. */
async function namedSealer({ arcSealers }: FactSources, facts: FactReader): Promise<Domain | undefined> {
  return trustedArcSet(await facts.read('arc'), new Set(arcSealers as readonly Domain[]))?.sealer;
}
