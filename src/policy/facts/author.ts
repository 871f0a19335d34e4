import { readAuthorDomain } from '#mailauth/dmarc/author-domain.ts';
import type { Fact } from '../fact.ts';
import type { OwnNames } from '../own-names.ts';
import { messageOf } from './message-of.ts';

/** Whom the message claims to be from. */
export const authorFact: Fact<'author'> = {
  name: 'author',
  stage: 'message',
  asks: 'nobody',
  compute(sources) {
    const author = readAuthorDomain(messageOf(sources).header);
    return { author, own: author.kind === 'domain' ? ownOf(sources.own, author.domain) : undefined };
  },
};

/** Readers take a name below ours for ours. */
function ownOf(own: OwnNames, domain: string): 'itself' | 'below' | undefined {
  if (own.isOwnDomain(domain)) return 'itself';
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) {
    if (own.isOwnDomain(domain.slice(dot + 1))) return 'below';
  }
  return undefined;
}
