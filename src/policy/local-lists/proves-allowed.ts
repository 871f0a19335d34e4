import { domainOf } from './local-listed.ts';
import type { FactTable } from '../fact-table.ts';
import { isAuthorProven } from '../author-proof.ts';
import { signerOf } from '../signer-of.ts';

type Proofs = Pick<FactTable, 'localSender' | 'localAuthor' | 'spf' | 'dkim' | 'dmarc'>;

/** What proves that a sender or author on the allow list is who they say (P-26); `undefined`: nothing. */
export function provesAllowed({ localSender, localAuthor, spf, dkim, dmarc }: Proofs): string | undefined {
  if (localAuthor.allow !== undefined && isAuthorProven(dmarc)) return "the author's domain, by DMARC";
  if (localSender.allow === undefined) return undefined;
  if (spf.result === 'pass' && spf.identity === 'mailfrom') return "the sender's domain, by SPF";
  const sender = domainOf(localSender.allow);
  const signer = signerOf(dkim, 'pass', [sender]);
  return signer === undefined ? undefined : "the sender's domain, by its signature";
}

/** Whether what would prove it was not answered. */
export function couldProveAllowed({ localSender, localAuthor, spf, dkim, dmarc }: Proofs): boolean {
  if (localAuthor.allow !== undefined && dmarc?.result === 'temperror') return true;
  if (localSender.allow === undefined) return false;
  if (spf.result === 'temperror' && spf.identity === 'mailfrom') return true;
  return signerOf(dkim, 'temperror', [domainOf(localSender.allow)]) !== undefined;
}
