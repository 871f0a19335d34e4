import { check } from '../../check.ts';
import { silent } from '../../judgement.ts';

/** Whoever cannot write in our name takes one that looks like it, or only shows it (P-18). */
export const lookAlike = check({
  name: 'look-alike',
  stage: 'message',
  class: 'authentication',
  meaning: 'The author’s domain does not look like one of ours, nor does the name shown with it.',
  requirements: ['P-18', 'I-45'],
  source: 'UTS 39 §4',
  action: 'score',
  weight: 4,
  reads: ['client', 'author', 'lookAlike', 'indirect'],
  judge({ client, author, lookAlike: { own }, indirect }) {
    if (own === undefined || author.author.kind !== 'domain' || client.isOwn) return silent;
    // Lists show for whom they write (RFC 9989 §A.2 and their From of their own).
    const isShown = author.author.displayed.some((domain) => domain === own);
    if (isShown && indirect.some(({ kind }) => kind === 'mailing-list')) return silent;
    const { domain } = author.author;
    return {
      kind: 'finding',
      reason: isShown
        ? `the author's name shows our domain ${own}, the address is of another`
        : `the author's domain looks like our domain ${own}`,
      evidence: { domain, own },
      reply: { detail: '7.1', text: `${domain} may be taken for a domain of this server` },
    };
  },
});
