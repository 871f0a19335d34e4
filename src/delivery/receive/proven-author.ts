import { formatAddress } from '#mail/address.ts';
import { withoutComments } from '#mail/cfws.ts';
import { findFields, foldedValue } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';
import { authorAddresses } from '#policy/author-addresses.ts';
import { isAuthorProven } from '#policy/author-proof.ts';
import type { ProvenAuthor } from '#policy/local-lists/block-feed.ts';
import type { MessagePolicy } from '#policy/message-policy.ts';

/** RFC 3834 §5: what a machine answered by itself, to whomever somebody else named. */
export function isAutomatic(header: HeaderBlock): boolean {
  const [field] = findFields(header, 'auto-submitted');
  return field !== undefined && !/^\s*no\s*$/i.test(withoutComments(foldedValue(header, field)));
}

/**
 * Who wrote, where DMARC has proven it of the one author; the address only where it is wanted, since every message comes
 * this way. `isKnown: false`: it could not be asked.
 */
export async function provenAuthor(
  { facts, asksDns }: Pick<MessagePolicy, 'facts' | 'asksDns'>,
  header: HeaderBlock,
  { withAddress }: { readonly withAddress: boolean },
): Promise<{ readonly author: ProvenAuthor | undefined; readonly isKnown: boolean }> {
  if (!asksDns) return { author: undefined, isKnown: false };
  const [dmarc, { own }] = await Promise.all([facts.read('dmarc'), facts.read('author')]);
  if (dmarc?.result === 'temperror') return { author: undefined, isKnown: false };
  if (dmarc === undefined || !isAuthorProven(dmarc)) return { author: undefined, isKnown: true };
  const [author, another] = withAddress ? authorAddresses(header) : [];
  const address = author === undefined || another !== undefined ? undefined : formatAddress(author);
  const { organizationalDomain, publicSuffix, authorDomain } = dmarc;
  const domain = organizationalDomain ?? publicSuffix.organizationalDomain ?? authorDomain;
  return {
    author: { address, domain, isOwn: own !== undefined },
    isKnown: true,
  };
}
