import { check } from '../../check.ts';
import { pass, silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/**
 * MAIL FROM in a domain of ours, from outside (P-18). It needs an SPF pass, or a valid signature of that domain, as mail of
 * our own users carries when a forwarder brings it back; from a forwarder that was named it goes to Junk at most. Only
 * what could have vouched excuses by not being answered: anybody can sign with a key that never comes.
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
  reads: ['client', 'sender', 'spf', 'dkim', 'indirect', 'namedSender'],
  judge({ client, sender, spf, dkim, indirect, namedSender }): Judgement {
    if (sender.kind !== 'domain' || !sender.isOwn || client.isOwn) return silent;
    const bySpf = spf.domain === sender.domain ? spf.result : 'none';
    if (bySpf === 'pass') return pass;
    const own = dkim.outcomes.filter(({ domain }) => domain === sender.domain);
    if (own.some(({ result }) => result === 'pass'))
      return { kind: 'pass', reason: 'a valid signature of ours vouches for it' };
    if (namedSender.sender !== undefined)
      return { kind: 'pass', reason: 'it is a named sender', evidence: { named: namedSender.sender } };
    const evidence = { domain: sender.domain, spf: spf.result };
    if (bySpf === 'temperror' || own.some(({ result }) => result === 'temperror')) {
      return {
        kind: 'unknown',
        reason: 'whether the client may send for our domain could not be asked',
        evidence,
      };
    }
    const finding = {
      kind: 'finding',
      reason: 'the client uses a sender address of ours and may not',
      evidence,
      reply: {
        detail: '7.1',
        text: `${client.address} may not send as ${sender.domain}; its users log in on the submission port`,
      },
      mark: 'impersonation',
    } as const;
    const isForwarded = indirect.some(({ kind }) => kind === 'named-forwarder');
    if (isForwarded) return { ...finding, atMost: 'junk' };
    return namedSender.open ? { ...finding, atMost: 'defer' } : finding;
  },
});
