import type { Part } from './summary.ts';

/** Signatures and reports belong to the text they stand beside. */
const companions: ReadonlySet<string> = new Set([
  'application/pgp-signature',
  'application/pgp-encrypted',
  'application/pkcs7-signature',
  'application/x-pkcs7-signature',
  'message/delivery-status',
  'message/disposition-notification',
  'message/feedback-report',
  'text/rfc822-headers',
]);

/**
 * Does a message have what a person calls an attachment (RFC 8621 §4.1.4 `hasAttachment`)? A part that says so, or
 * one that is neither text nor shown within another part.
 */
export function hasAttachments(part: Part, parent?: Part): boolean {
  if (part.type === 'multipart') return part.parts.some((child) => hasAttachments(child, part));
  if (part.disposition?.type === 'attachment') return true;
  if (part.type === 'text' || companions.has(`${part.type}/${part.subtype}`)) return false;
  const shownInside = parent?.subtype === 'related' && part.id !== undefined;
  return !shownInside && part.disposition?.type !== 'inline';
}
