import type { Fact } from '../fact.ts';

/** MAIL FROM, and whether it claims to be one of ours. */
export const senderFact: Fact<'sender'> = {
  name: 'sender',
  stage: 'mail',
  asks: 'nobody',
  compute({ from, own }) {
    if (from === undefined) return { kind: 'null' };
    const { domain } = from;
    if (domain.startsWith('[')) return { kind: 'literal', domain };
    return { kind: 'domain', domain, isOwn: own.isOwnDomain(domain) };
  },
  // The envelope says it.
  record: (fact) => (fact.kind === 'domain' && fact.isOwn ? fact : undefined),
};
