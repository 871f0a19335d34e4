import { readAuthorDomain } from '#mailauth/dmarc/author-domain.ts';
import type { Fact } from '../fact.ts';
import { messageOf } from './message-of.ts';

/** Whom the message claims to be from. */
export const authorFact: Fact<'author'> = {
  name: 'author',
  stage: 'message',
  asks: 'nobody',
  compute(sources) {
    const author = readAuthorDomain(messageOf(sources).header);
    return { author, isOwn: author.kind === 'domain' && sources.own.isOwnDomain(author.domain) };
  },
};
