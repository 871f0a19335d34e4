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
  async compute(sources, facts) {
    const [spf, { outcomes }, forwarder, arcSealer] = await Promise.all([
      facts.read('spf'),
      facts.read('dkim'),
      isProven(sources.forwarders, facts),
      namedSealer(sources, facts),
    ]);
    const { header } = messageOf(sources);
    return findIndirectSigns({ header, spf, dkim: outcomes, forwarder, arcSealer });
  },
  record: (fact) => (fact.length === 0 ? undefined : fact),
};

/** I-42: of a chain whose last handler was named and signed From. */
async function namedSealer({ arcSealers }: FactSources, facts: FactReader): Promise<Domain | undefined> {
  if (arcSealers.length === 0) return undefined;
  return trustedArcSet(await facts.read('arc'), new Set(arcSealers as readonly Domain[]))?.sealer;
}
