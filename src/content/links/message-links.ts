import { decodeCharset } from '#mail/charset.ts';
import { decodeEncodedWords } from '#mail/encoded-word.ts';
import { splitHeader, unfoldedValue } from '#mail/header.ts';
import { parseMessage } from '#mail/message-parser.ts';
import { findParameter } from '#mail/parameters.ts';
import type { Part } from '#mail/summary.ts';
import { decodeTransfer } from '#mail/transfer-encoding.ts';
import { findHtmlLinks, findTextLinks } from './find-links.ts';
import type { LinkCandidate } from './find-links.ts';
import { LinkHosts } from './link-hosts.ts';
import type { MessageLinks } from './link-hosts.ts';
import { linkBounds } from './link-bounds.ts';

/** Fields that servers write for each other: what they name is nobody's link. */
const passedFields: ReadonlySet<string> = new Set([
  'received',
  'return-path',
  'message-id',
  'references',
  'in-reply-to',
  'dkim-signature',
  'authentication-results',
  'arc-seal',
  'arc-message-signature',
  'arc-authentication-results',
  'received-spf',
]);

/**
 * The hosts that a message links to: in its header fields, in each text and HTML part, attached ones and those of
 * messages inside too (P-27). Bounded; never throws.
 * @param bytes the message as it came, or its beginning
 */
export function messageLinks(bytes: Uint8Array, { isWhole }: { readonly isWhole: boolean }): MessageLinks {
  const kept = bytes.subarray(0, linkBounds.messageBytesMax);
  const found = new LinkHosts();
  found.cut = !isWhole || kept.length < bytes.length;
  const { structure } = parseMessage(kept);
  fromHeader(kept.subarray(structure.header.start, structure.header.end), found);
  fromPart(kept, structure, found);
  return found.result();
}

function fromHeader(bytes: Uint8Array, found: LinkHosts): void {
  const block = splitHeader(bytes);
  for (const field of block.fields) {
    if (passedFields.has(field.name)) continue;
    const text = decodeEncodedWords(unfoldedValue(block, field));
    for (const candidate of findTextLinks(text)) if (candidate.kind === 'written') found.take(candidate);
  }
}

function fromPart(bytes: Uint8Array, part: Part, found: LinkHosts): void {
  for (const child of part.parts) fromPart(bytes, child, found);
  if (part.message !== undefined) {
    const { structure } = part.message;
    fromHeader(bytes.subarray(structure.header.start, structure.header.end), found);
    fromPart(bytes, structure, found);
  } else if (part.type === 'text') {
    for (const candidate of textLinks(bytes, part, found)) found.take(candidate);
  }
}

function textLinks(bytes: Uint8Array, part: Part, found: LinkHosts): Iterable<LinkCandidate> {
  const decoded = decodeTransfer(bytes.subarray(part.body.start, part.body.end), part.encoding);
  const whole = decodeCharset(decoded, findParameter(part.parameters, 'charset'));
  const text = whole.slice(0, linkBounds.partCharsMax);
  if (text.length < whole.length) found.cut = true;
  // HTML that calls itself plain is shown as HTML by some.
  const isHtml = part.subtype === 'html' || /<(?:a|html|body)[\s>]/i.test(text);
  return isHtml ? findHtmlLinks(text) : findTextLinks(text);
}
