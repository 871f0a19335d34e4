import { hash } from 'node:crypto';
import { onePiece } from '#base/one-piece.ts';
import type { Result } from '#base/result.ts';
import { parseDomain } from '#mail/domain.ts';
import type { Domain } from '#mail/domain.ts';
import { cleanForeignText } from '#trace/foreign-text.ts';
import { claimBytesMax } from './bounds.ts';
import { DkimProblem } from './dkim-problem.ts';
import { messageSignature, readTagList, readTags } from './signature.ts';
import type { KeySignature, MessageSignature } from './signature.ts';
import type { FieldText } from './canonical-header.ts';
import { domainTag, requiredTag, selectorTag, timeTag, utf8Text } from './signature-tags.ts';
import { trimFws, withoutFws } from './tag-list.ts';
import type { TagList } from './tag-list.ts';

export interface DkimSignature extends MessageSignature {
  /** The domain of `i=`: `d=` or one below it. */
  readonly identityDomain: Domain;
}

/** A DKIM-Signature field (RFC 6376 §3.5, §6.1.1): what it claims, and what is to be checked where a key could make it good. */
export function readDkimField(field: FieldText): {
  readonly claims: DkimClaims;
  readonly signature: Result<DkimSignature, DkimProblem>;
} {
  const tags = readTagList(field);
  const signature = readSignature(tags, field);
  const list: TagList = tags.ok ? tags.value : new Map();
  return { claims: signature.ok ? claimsOf(list, signature.value) : claimsOf(list, broken(list)), signature };
}

function readSignature(
  list: Result<TagList, DkimProblem>,
  field: FieldText,
): Result<DkimSignature, DkimProblem> {
  return readTags(list, (tags) => {
    if (requiredTag(tags, 'v') !== '1') throw new DkimProblem('version', 'a version that is not known here');
    const signature = messageSignature(tags, field, 'simple');
    if (!signature.names.includes('from')) throw new DkimProblem('from-unsigned', 'From is not signed');
    if (!knowsDns(tags)) throw new DkimProblem('query-method', 'the key is not to be had from DNS');
    return { ...signature, identityDomain: identityDomain(tags, signature.domain) };
  });
}

/** `q=`: methods not known are passed over. */
function knowsDns(tags: TagList): boolean {
  const methods = tags.get('q')?.value.split(':');
  return methods === undefined || methods.some((method) => trimFws(method).toLowerCase() === 'dns/txt');
}

function identityDomain(tags: TagList, domain: Domain): Domain {
  const value = identityText(tags);
  if (value === undefined) return domain;
  const at = value.lastIndexOf('@');
  const read = parseDomain(value.slice(at + 1), { allowUnicode: true });
  if (at < 0 || !read.ok) throw new DkimProblem('syntax', 'i= is not an identity');
  if (read.value !== domain && !read.value.endsWith(`.${domain}`)) {
    throw new DkimProblem('identity', 'i= is not below d=');
  }
  return read.value;
}

/** `i=` without its `dkim-quoted-printable` (RFC 6376 §2.11). */
function identityText(tags: TagList): string | undefined {
  const value = tags.get('i')?.value;
  if (value === undefined) return undefined;
  const bytes = withoutFws(value).replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return utf8Text(bytes);
}

/** What a field says of itself, whether or not it counts: for evidence. Nothing of it is proven. */
export interface DkimClaims {
  readonly domain: Domain | undefined;
  readonly selector: string | undefined;
  readonly algorithm: string | undefined;
  readonly identity: string | undefined;
  readonly signedAtMs: number | undefined;
  readonly expiresAtMs: number | undefined;
  /** The first characters of `b=`. */
  readonly signatureHead: string;
}

/** RFC 6008 §4: enough characters that signatures of one message are told apart, at least eight. */
const signatureHeadChars = 12;

/** What is read of a signature whether it is whole or not. */
type Readable = Pick<DkimClaims, 'domain' | 'selector' | 'signedAtMs' | 'expiresAtMs'>;

/** Of a field in which something is wrong, what can be read all the same. */
function broken(tags: TagList): Readable {
  return {
    domain: claim(() => domainTag(tags)),
    selector: claim(() => selectorTag(tags)),
    signedAtMs: claim(() => timeTag(tags, 't')),
    expiresAtMs: claim(() => timeTag(tags, 'x')),
  };
}

function claimsOf(tags: TagList, { domain, selector, signedAtMs, expiresAtMs }: Readable): DkimClaims {
  const identity = identityText(tags) ?? (domain === undefined ? undefined : `@${domain}`);
  return {
    domain,
    selector,
    algorithm: cleaned(tags.get('a')?.value),
    identity: cleaned(identity),
    signedAtMs,
    expiresAtMs,
    signatureHead: withoutFws(tags.get('b')?.value ?? '')
      .slice(0, signatureHeadChars)
      .replaceAll(/[^A-Za-z0-9+/=]/g, '?'),
  };
}

function claim<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (problem) {
    if (problem instanceof DkimProblem) return undefined;
    throw problem;
  }
}

function cleaned(text: string | undefined): string | undefined {
  return text === undefined ? undefined : onePiece(cleanForeignText(text, claimBytesMax));
}

/** The same for every copy of a signed message, however its fields are folded or spelled. */
export function signatureFingerprint({ domain, selector, signature }: KeySignature): string {
  const octets = `${selector}\0${domain}\0${signature.toString('latin1')}`;
  return hash('sha256', Buffer.from(octets, 'latin1'), 'base64url');
}
