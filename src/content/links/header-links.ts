import { decodeEncodedWords } from '#mail/encoded-word.ts';
import { unfoldedValue } from '#mail/header.ts';
import type { HeaderBlock } from '#mail/header.ts';
import { findTextLinks } from './find-text-links.ts';
import type { LinkCandidate } from './link-candidate.ts';

/** Fields that servers write for each other: what they name is nobody's link. */
const passedFields: ReadonlySet<string> = new Set([
  'received',
  'return-path',
  'delivered-to',
  'x-original-to',
  'message-id',
  'references',
  'in-reply-to',
  'date',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'dkim-signature',
  'domainkey-signature',
  'authentication-results',
  'arc-seal',
  'arc-message-signature',
  'arc-authentication-results',
  'received-spf',
  // The author is asked about as such; these are us.
  'from',
  'to',
  'cc',
  'bcc',
]);

/** Where an answer goes, though nobody sees it before they answer. */
const addressFields: ReadonlySet<string> = new Set([
  'reply-to',
  'mail-reply-to',
  'mail-followup-to',
  'errors-to',
  'disposition-notification-to',
  'return-receipt-to',
]);

/** Links of the fields of a header, and domains that answers go to. */
export function* headerLinks(
  block: HeaderBlock,
): Iterable<{ readonly field: string; readonly link: LinkCandidate }> {
  for (const field of block.fields) {
    if (passedFields.has(field.name)) continue;
    const value = unfoldedValue(block, field);
    if (addressFields.has(field.name)) yield* addressLinks(field.name, value);
    else if (/[.:\u0080-\u00ff]|=\?/.test(value)) yield* fieldLinks(field.name, decodeEncodedWords(value));
  }
}

function* fieldLinks(
  field: string,
  text: string,
): Iterable<{ readonly field: string; readonly link: LinkCandidate }> {
  for (const link of findTextLinks(text)) {
    // In a subject a host is a link to its readers; elsewhere words with dots are names of programs and versions.
    if (link.kind !== 'bare' || field === 'subject') yield { field, link };
  }
}

/** Addresses that are looked at in one field. */
const addressesMax = 10;

function* addressLinks(
  field: string,
  value: string,
): Iterable<{ readonly field: string; readonly link: LinkCandidate }> {
  let count = 0;
  for (const [, domain = ''] of value.matchAll(/@([^\s<>,;:"()@]{1,255})/g)) {
    if (count >= addressesMax) return;
    count += 1;
    yield { field, link: { text: `mailto:x@${domain}`, kind: 'address' } };
  }
}

/** Of what a part's own header says of it. */
export function* writtenLinks(text: string): Iterable<LinkCandidate> {
  for (const link of findTextLinks(decodeEncodedWords(text))) if (link.kind === 'written') yield link;
}
