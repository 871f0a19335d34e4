import { parseAddress } from '#mail/address.ts';

/** A Domain Owner Assessment Policy (RFC 9989 §4.7 `p`). */
export type DmarcPolicy = 'none' | 'quarantine' | 'reject';

export interface DmarcRecord {
  readonly p: DmarcPolicy | undefined;
  readonly sp: DmarcPolicy | undefined;
  readonly np: DmarcPolicy | undefined;
  /** `t=y`: the domain tests its policy. */
  readonly testing: boolean;
  readonly psd: 'y' | 'n' | 'u';
  readonly adkim: 'relaxed' | 'strict';
  readonly aspf: 'relaxed' | 'strict';
  /** Failure reporting options, as published or `0`. */
  readonly fo: string;
  /** URIs that can be used, in order, without their obsolete size limit. */
  readonly rua: readonly string[];
  readonly ruf: readonly string[];
  /** A `p`, `sp` or `np` whose value is none of the three, or no `p` (RFC 9989 §4.10.1). */
  readonly policyBroken: boolean;
}

/** Tags that are read; RFC 9989 §4.8 knows eleven. */
export const dmarcTagsMax = 64;
/** RFC 9990 §3.5 lets a receiver limit the destinations. */
export const dmarcUrisMax = 16;
/** An address of 254 octets, all of them percent-encoded, and its scheme. */
export const dmarcUriCharsMax = 1024;

/** RFC 9989 §4.8 `dmarc-version`: the first tag; its value is case sensitive. */
const versionPattern = /^v[ \t]*=[ \t]*(\S+)[ \t]*$/i;

/**
 * Reads a DMARC Policy Record (RFC 9989 §4.7, §4.8); `undefined` for a text that is none. Unknown and obsolete tags
 * (`pct`, `rf`, `ri`) are ignored, a tag that cannot be read counts as its default, and of a repeated tag the first
 * counts. Never throws; linear.
 */
export function readDmarcRecord(text: string): DmarcRecord | undefined {
  const [version = '', ...rest] = text.split(';', dmarcTagsMax + 1);
  if (versionPattern.exec(version)?.[1] !== 'DMARC1') return undefined;
  const tags = readTags(rest);
  const p = readPolicy(tags.get('p'));
  const sp = readPolicy(tags.get('sp'));
  const np = readPolicy(tags.get('np'));
  return {
    p,
    sp,
    np,
    testing: oneOf(tags.get('t'), ['n', 'y']) === 'y',
    psd: oneOf(tags.get('psd'), ['u', 'y', 'n']),
    adkim: readAlignmentMode(tags.get('adkim')),
    aspf: readAlignmentMode(tags.get('aspf')),
    fo: readFailureOptions(tags.get('fo')),
    rua: readUris(tags.get('rua')),
    ruf: readUris(tags.get('ruf')),
    policyBroken:
      p === undefined || (sp === undefined && tags.has('sp')) || (np === undefined && tags.has('np')),
  };
}

/** RFC 9989 §4.8 `dmarc-tag`; names as in ABNF, in any case. */
function readTags(pieces: readonly string[]): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const piece of pieces) {
    const equals = piece.indexOf('=');
    const name = piece.slice(0, Math.max(0, equals)).trim().toLowerCase();
    if (/^[a-z]+$/.test(name) && !tags.has(name)) tags.set(name, piece.slice(equals + 1).trim());
  }
  return tags;
}

const policies = ['none', 'quarantine', 'reject'] as const;

function readPolicy(value: string | undefined): DmarcPolicy | undefined {
  const lower = value?.toLowerCase();
  return policies.find((policy) => policy === lower);
}

/** The value, or the first of those allowed, which is the default. */
function oneOf<T extends string>(value: string | undefined, allowed: readonly [T, ...T[]]): T {
  const lower = value?.toLowerCase();
  return allowed.find((one) => one === lower) ?? allowed[0];
}

function readAlignmentMode(value: string | undefined): 'relaxed' | 'strict' {
  return oneOf(value, ['r', 's']) === 's' ? 'strict' : 'relaxed';
}

/** `dmarc-fo`: each at most once, and `0` and `1` not together. */
function readFailureOptions(value: string | undefined): string {
  const options = (value ?? '').toLowerCase().split(':', 4);
  const fits =
    options.every((option) => /^[01ds]$/.test(option)) &&
    new Set(options).size === options.length &&
    !(options.includes('0') && options.includes('1'));
  return fits ? options.join(':') : '0';
}

/** `dmarc-urilist`; a URI that is none is left out (RFC 9990 §3.5). */
function readUris(value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  return value
    .split(',', dmarcUrisMax)
    .map((uri) => withoutSize(uri.trim()))
    .filter(isReportUri);
}

/** `obs-dmarc-report-size` is ignored. A `!` that belongs to the URI is percent-encoded. */
function withoutSize(uri: string): string {
  const at = uri.lastIndexOf('!');
  return at >= 0 && /^\d{1,20}[kmgt]?$/i.test(uri.slice(at + 1)) ? uri.slice(0, at) : uri;
}

/** RFC 3986 §3 `scheme ":"`, and the characters of a URI but `!`. */
const uriPattern = /^[a-z][a-z0-9+.-]*:[a-z0-9._~:/?#[\]@$&'()*+;=%-]+$/i;

function isReportUri(uri: string): boolean {
  if (uri.length > dmarcUriCharsMax || !uriPattern.test(uri)) return false;
  return !/^mailto:/i.test(uri) || mailtoAddress(uri) !== undefined;
}

/** The address that a `mailto:` URI names (RFC 6068), or `undefined`. */
export function mailtoAddress(uri: string): string | undefined {
  const [, encoded = ''] = /^mailto:([^?]*)/i.exec(uri) ?? [];
  try {
    const text = decodeURIComponent(encoded);
    return parseAddress(text, { smtpUtf8: true }).ok ? text : undefined;
  } catch {
    // Not percent-encoded UTF-8.
    return undefined;
  }
}
