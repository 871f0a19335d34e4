import { couldBeProven, isAuthorProven } from '../../author-proof.ts';
import { check } from '../../check.ts';
import { pass, silent } from '../../judgement.ts';
import type { Judgement } from '../../judgement.ts';

/**
 * From in a domain of ours without an aligned pass (P-18): refused, or put into Junk where signs say that it came by a way
 * that breaks both, as our own user's post does when a list brings it back (I-45). Put off while the DNS does not answer;
 * excused only where one of our own names could have vouched. Whoever was named as a sender for the domain may.
 */
export const ownAuthor = check({
  name: 'own-author',
  stage: 'message',
  class: 'authentication',
  meaning: 'Nobody outside writes in the name of one of our domains.',
  requirements: ['P-18', 'I-45'],
  source: 'RFC 9989 §5.3',
  action: 'refuse',
  weight: 10,
  reads: ['client', 'author', 'dmarc', 'indirect', 'indirectOpen', 'namedSender'],
  judge({ client, author, dmarc, indirect, indirectOpen, namedSender }): Judgement {
    if (author.author.kind !== 'domain' || author.own === undefined || client.isOwn) return silent;
    const { domain } = author.author;
    if (isAuthorProven(dmarc)) return pass;
    if (namedSender.author !== undefined)
      return { kind: 'pass', reason: 'it is of a named sender', evidence: { named: namedSender.author } };
    const evidence = { domain, indirect, indirectOpen };
    const isOpen = dmarc?.result === 'temperror';
    if (dmarc === undefined || (isOpen && couldBeProven(dmarc))) {
      return {
        kind: 'unknown',
        reason: 'whether our own domain vouches for it could not be asked',
        evidence,
      };
    }
    const finding = {
      kind: 'finding',
      reason: 'it is written in the name of our own domain, and nothing proves it',
      evidence,
      reply: {
        detail: '7.1',
        text: `mail from ${domain} is accepted from its own servers or with its signature only`,
      },
      mark: 'impersonation',
    } as const;
    // Below ours others may send who never heard of SPF.
    const isPlain = indirect.length === 0 && author.own === 'itself';
    if (!isPlain) return { ...finding, atMost: 'junk' };
    const waits = isOpen || indirectOpen.length > 0 || namedSender.open;
    return waits ? { ...finding, atMost: 'defer' } : finding;
  },
});
