import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { domainBytesMax } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { signatureFieldCharsMax } from './bounds.ts';
import type { Canonicalization, FieldText } from './canonical-header.ts';
import { DkimProblem } from './dkim-problem.ts';
import {
  algorithmTag,
  base64Tag,
  canonicalizationTag,
  domainTag,
  lengthTag,
  namesTag,
  selectorTag,
  timeTag,
} from './signature-tags.ts';
import type { SignatureAlgorithm } from './signature-tags.ts';
import { parseTagList } from './tag-list.ts';
import type { TagList } from './tag-list.ts';

/** What DKIM signatures, ARC message signatures and ARC seals have in common: whose key signed which way. */
export interface KeySignature {
  readonly algorithm: SignatureAlgorithm;
  readonly domain: Domain;
  readonly selector: string;
  readonly signature: Buffer;
  /** The field as text with everything between `b=` and the next `;` taken out (RFC 6376 §3.5). */
  readonly unsigned: string;
}

/** A signature over fields and body. */
export interface MessageSignature extends KeySignature {
  readonly headerForm: Canonicalization;
  readonly bodyForm: Canonicalization;
  readonly bodyHash: Buffer;
  /** `l=`. */
  readonly bodyBytesSigned: number | undefined;
  /** `h=`, lower case. */
  readonly names: readonly string[];
  readonly signedAtMs: number | undefined;
  readonly expiresAtMs: number | undefined;
}

/** The tags of a field that is not too long. */
export function readTagList({ text, valueStart }: FieldText): Result<TagList, DkimProblem> {
  if (text.length > signatureFieldCharsMax) {
    const detail = `the field is longer than ${signatureFieldCharsMax} characters`;
    return err(new DkimProblem('field-too-long', detail));
  }
  const tags = parseTagList(text.slice(valueStart));
  return tags === undefined ? err(new DkimProblem('syntax', 'the field is no list of tags')) : ok(tags);
}

/** Takes tags for what `read` makes of them; what it finds wrong comes back as the error. */
export function readTags<T>(
  tags: Result<TagList, DkimProblem>,
  read: (tags: TagList) => T,
): Result<T, DkimProblem> {
  if (!tags.ok) return tags;
  try {
    return ok(read(tags.value));
  } catch (problem) {
    if (problem instanceof DkimProblem) return err(problem);
    throw problem;
  }
}

export function keySignature(tags: TagList, field: FieldText): KeySignature {
  const algorithm = algorithmTag(tags);
  const domain = domainTag(tags);
  const selector = selectorTag(tags);
  if (keyName({ selector, domain }).length > domainBytesMax) {
    throw new DkimProblem('syntax', 's= and d= make a name that is too long');
  }
  const signature = base64Tag(tags, 'b');
  return { algorithm, domain, selector, signature, unsigned: withoutSignature(tags, field) };
}

/** RFC 6376 §3.6.2.1. */
export function keyName({ selector, domain }: Pick<KeySignature, 'selector' | 'domain'>): string {
  return `${selector}._domainkey.${domain}`;
}

/** SHA-256. */
const bodyHashBytes = 32;

/** @param unsaid the canonical forms where `c=` is missing */
export function messageSignature(
  tags: TagList,
  field: FieldText,
  unsaid: Canonicalization,
): MessageSignature {
  // First: what SHA-1 made is no SHA-256 hash, and the algorithm is the better reason.
  const key = keySignature(tags, field);
  const bodyHash = base64Tag(tags, 'bh');
  if (bodyHash.length !== bodyHashBytes) throw new DkimProblem('syntax', 'bh= is not a SHA-256 hash');
  const [headerForm, bodyForm] = canonicalizationTag(tags, unsaid);
  const signedAtMs = timeTag(tags, 't');
  const expiresAtMs = timeTag(tags, 'x');
  if (signedAtMs !== undefined && expiresAtMs !== undefined && expiresAtMs <= signedAtMs) {
    throw new DkimProblem('syntax', 'x= is not after t=');
  }
  const bodyBytesSigned = lengthTag(tags);
  const names = namesTag(tags);
  return {
    ...key,
    headerForm,
    bodyForm,
    bodyHash,
    bodyBytesSigned,
    names,
    signedAtMs,
    expiresAtMs,
  };
}

function withoutSignature(tags: TagList, { text, valueStart }: FieldText): string {
  const { start = 0, end = 0 } = tags.get('b') ?? {};
  return text.slice(0, valueStart + start) + text.slice(valueStart + end);
}
