import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/**
 * Whether the name of HELO belongs to the client: it leads to its address, or is its confirmed reverse name, or of the
 * same domain as that. RFC 5321 §4.1.4 forbids to refuse for this alone, so it scores (C-5).
 */
export const heloAddress = check({
  name: 'helo-address',
  stage: 'helo',
  class: 'envelope',
  meaning: 'The name of HELO or EHLO exists, and agrees with the client’s address or its reverse name.',
  requirements: ['P-16'],
  source: 'RFC 5321 §4.1.4',
  action: 'score',
  weight: 2,
  reads: ['helo', 'heloAddress', 'iprev'],
  judge({ helo, heloAddress: address, iprev }): Judgement {
    if (address.found === 'no-name') return silent;
    const evidence = { helo: helo.name, reverseName: iprev.name };
    if (address.found === 'client') return { kind: 'pass', reason: 'the name leads to the client', evidence };
    if (iprev.name !== undefined && areKin(helo.name, iprev.name)) {
      return { kind: 'pass', reason: 'the name agrees with the reverse name', evidence };
    }
    if (address.found === 'unanswered') {
      const reason = `the HELO name could not be asked: ${address.failure ?? 'no answer'}`;
      return { kind: 'unknown', reason, evidence };
    }
    const nowhere = address.found === 'nowhere';
    return {
      kind: 'finding',
      reason: nowhere ? 'the HELO name leads nowhere' : 'the HELO name leads to another host',
      evidence,
      reply: {
        detail: '7.1',
        text: `your HELO name ${helo.name} ${nowhere ? 'has no address' : 'is not the name of your address'}`,
      },
      share: nowhere ? 1 : 0.5,
    };
  },
});

/** One name lies below the other's parent: hosts of one farm call each other so. Never by a top-level label alone. */
function areKin(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.toLowerCase().replace(/\.$/, '').split('.'));
  if (a === undefined || b === undefined) return false;
  const shared = Math.max(2, Math.min(a.length, b.length) - 1);
  if (a.length < shared || b.length < shared) return false;
  return a.slice(-shared).join('.') === b.slice(-shared).join('.');
}
