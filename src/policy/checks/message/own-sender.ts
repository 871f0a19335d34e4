import { check } from '../../check.ts';
import { pass, silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/**
 * MAIL FROM in a domain of ours, from outside (P-18). It needs an SPF pass, or a valid signature of that domain, as mail of
 * our own users carries when a forwarder brings it back.
 */
export const ownSender = check({
  name: 'own-sender',
  stage: 'message',
  class: 'authentication',
  meaning: 'Nobody outside sends with a sender address of ours.',
  requirements: ['P-18'],
  source: 'RFC 7208 §2.4',
  action: 'refuse',
  weight: 10,
  reads: ['client', 'sender', 'spf', 'dkim'],
  judge({ client, sender, spf, dkim }): Judgement {
    if (sender.kind !== 'domain' || !sender.isOwn || client.isOwn) return silent;
    if (spf.result === 'pass' && spf.domain === sender.domain) return pass;
    const signed = dkim.outcomes.some(({ result, domain }) => result === 'pass' && domain === sender.domain);
    if (signed) return { kind: 'pass', reason: 'a valid signature of ours vouches for it' };
    const evidence = { domain: sender.domain, spf: spf.result };
    if (spf.result === 'temperror' || dkim.outcomes.some(({ result }) => result === 'temperror')) {
      return {
        kind: 'unknown',
        reason: 'whether the client may send for our domain could not be asked',
        evidence,
      };
    }
    return {
      kind: 'finding',
      reason: 'the client uses a sender address of ours and may not',
      evidence,
      reply: {
        detail: '7.1',
        text: `${client.address} may not send as ${sender.domain}; its users log in on the submission port`,
      },
    };
  },
});
