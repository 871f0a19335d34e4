import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';

/** Nobody outside is called as we are (P-18): whoever says so lies, and no mail server does it by accident. */
export const heloClaim = check({
  name: 'helo-claim',
  stage: 'helo',
  class: 'envelope',
  meaning: 'The client does not greet with a name, domain or address of ours.',
  requirements: ['P-16', 'P-18'],
  source: 'RFC 5321 §4.1.1.1',
  action: 'refuse',
  weight: 10,
  reads: ['client', 'helo'],
  judge({ client, helo }) {
    if (helo.claims === undefined) return silent;
    if (client.isOwn) return { kind: 'pass', reason: 'it comes from one of our own addresses' };
    const whose = { hostname: 'the name', 'own-domain': 'a domain', 'own-address': 'an address' }[
      helo.claims
    ];
    return {
      kind: 'finding',
      reason: `the client greets with ${whose} of this server`,
      evidence: { helo: helo.name, claims: helo.claims },
      reply: { detail: '7.1', text: `you are not ${helo.name}: that is ${whose} of this server` },
    };
  },
});
