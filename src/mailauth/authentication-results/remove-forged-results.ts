import { withoutComments } from '#mail/cfws.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { decodeEncodedWords } from '#mail/encoded-word.ts';
import { foldedValue, unfold } from '#mail/header.ts';
import type { HeaderBlock, HeaderField } from '#mail/header.ts';

/** What only this server may say of a message. */
export interface OwnResults {
  /** Names that we sign results with: of the server, and earlier or further ones of the same house. */
  readonly authservIds: readonly Domain[];
  /** Fields of ours that tell what became of a message, in lower case. */
  readonly statusFields: readonly string[];
}

/**
 * The fields of an incoming message that claim to be ours (RFC 8601 §5, I-48): Authentication-Results whose
 * authserv-id is ours in any case, comment, quoting, encoding or folding, with or without a version; those that name
 * nobody; and our own status fields.
 */
export function forgedResults(header: HeaderBlock, own: OwnResults): readonly HeaderField[] {
  const ids = new Set<string>(own.authservIds);
  const status = new Set(own.statusFields);
  return header.fields.filter((field) => {
    if (status.has(field.name)) return true;
    return field.name === 'authentication-results' && claimsToBeOurs(foldedValue(header, field), ids);
  });
}

/** The header without these fields; every other byte stays as it is. */
export function withoutFields(header: Buffer, fields: readonly HeaderField[]): Buffer {
  if (fields.length === 0) return header;
  const kept: Buffer[] = [];
  let at = 0;
  for (const { start, end } of fields.toSorted((a, b) => a.start - b.start)) {
    kept.push(header.subarray(at, start));
    at = end;
  }
  kept.push(header.subarray(at));
  return Buffer.concat(kept);
}

/**
 * Our name anywhere before the first statement counts: readers differ on what of it is comment, version or quotes,
 * and a foreign field that is lost was nobody's proof.
 */
function claimsToBeOurs(raw: string, ids: ReadonlySet<string>): boolean {
  const value = decodeEncodedWords(unfold(raw));
  const named = wordsOf(beforeSemicolon(withoutComments(value)));
  // As one reads it who does not know comments.
  const plain = wordsOf(beforeSemicolon(value));
  return named.length === 0 || [...named, ...plain].some((word) => ids.has(spelled(word)));
}

function wordsOf(text: string): readonly string[] {
  return text.split(separators).filter((word) => word !== '');
}

function beforeSemicolon(text: string): string {
  const at = text.indexOf(';');
  return at < 0 ? text : text.slice(0, at);
}

/** What may stand around a name; no part of any name itself. */
const separators = /[\s"'()<>,:;/=@[\\\]\p{Cc}]+/u;

/** In the one spelling of domains, so that no other spelling of ours passes. */
function spelled(word: string): string {
  const domain = parseDomain(word.replace(/\.+$/, ''), { allowUnicode: true });
  return domain.ok ? domain.value : word.toLowerCase();
}
