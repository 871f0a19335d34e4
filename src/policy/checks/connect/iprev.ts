import { check } from '../../check.ts';
import { pass } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/**
 * The connecting host's reverse name and the way back from it (P-15). No name scores, and more over IPv6, where it is
 * the rule to have one (C-5); a reverse look-up that is not answered is never held against anybody.
 */
export const iprev = check({
  name: 'iprev',
  stage: 'connect',
  class: 'envelope',
  meaning: 'The connecting host has a reverse name that leads back to its address.',
  requirements: ['P-15'],
  source: 'RFC 8601 §2.7.3, RFC 1912 §2.1',
  action: 'score',
  weight: 3,
  reads: ['client', 'iprev'],
  judge({ client, iprev: outcome }): Judgement {
    const { names } = outcome;
    switch (outcome.finding) {
      case 'confirmed':
        return { ...pass, evidence: { name: outcome.name } };
      case 'unanswered':
        return { kind: 'unknown', reason: 'the reverse name could not be asked' };
      case 'no-name':
        return {
          kind: 'finding',
          reason: 'the connecting host has no reverse name',
          reply: { detail: '7.25', text: `your address ${client.address} has no reverse name (PTR)` },
          share: client.isIpv6 ? 1.5 : 1,
        };
      default:
        return {
          kind: 'finding',
          reason: 'no reverse name of the connecting host leads back to its address',
          evidence: { names },
          reply: {
            detail: '7.25',
            text: `the reverse name of your address ${client.address} does not lead back to it`,
          },
          share: 0.7,
        };
    }
  },
});
