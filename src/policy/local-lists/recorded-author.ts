import { parseAddress } from '#mail/address.ts';
import type { DmarcOutcome } from '#mailauth/dmarc/dmarc-outcome.ts';
import type { TraceRecord } from '#trace/record.ts';
import { isAuthorProven } from '../author-proof.ts';
import type { AuthorFact, FactTable } from '../fact-table.ts';
import type { ProvenAuthor } from './block-feed.ts';

/**
 * Who wrote a message, of which only the record is left: the domain that DMARC proved, and the sender where it lies in
 * that domain and SPF says that its servers sent it: beside somebody's own signed message anybody names any sender.
 * `undefined`: nobody is proven.
 */
export function recordedAuthor({ facts, envelope }: TraceRecord): ProvenAuthor | undefined {
  // A record is ours, written by this version or one before it.
  const dmarc = facts['dmarc'] as DmarcOutcome | undefined;
  if (dmarc === undefined || !isAuthorProven(dmarc)) return undefined;
  const { organizationalDomain, publicSuffix, authorDomain } = dmarc;
  const domain = organizationalDomain ?? publicSuffix.organizationalDomain ?? authorDomain;
  const sender = parseAddress(envelope?.from ?? '', { smtpUtf8: true });
  const isTheirs =
    sender.ok && (sender.value.domain === domain || sender.value.domain.endsWith(`.${domain}`));
  const spf = facts['spf'] as FactTable['spf'] | undefined;
  const isSenderProven = spf?.result === 'pass' && spf.identity === 'mailfrom';
  const author = facts['author'] as AuthorFact | undefined;
  return {
    address: isTheirs && isSenderProven ? envelope?.from : undefined,
    domain,
    isOwn: author?.own !== undefined,
  };
}
