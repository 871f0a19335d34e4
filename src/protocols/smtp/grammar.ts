import { isUtf8 } from 'node:buffer';
import { err, ok, type Result } from '#base/result.ts';
import { parseAddress, type Address, type ReversePath } from '#mail/address.ts';
import { parseAddressLiteral } from '#mail/address-literal.ts';
import { asBuffer } from '#mail/octets.ts';

/** Why a command line was not understood; the words go into a 501 reply. */
export interface SyntaxProblem {
  /** RFC 3463 detail: `5.5.4` arguments, `1.3` and `1.7` addresses. */
  readonly detail: `${number}.${number}`;
  readonly text: string;
}

type Parsed<T> = Result<T, SyntaxProblem>;

/** A verb and what follows it; RFC 5321 §2.4: the verb in any case, arguments as they came. */
export interface CommandLine {
  readonly verb: string;
  readonly argument: string;
}

/** RFC 5321 §4.1.2 `esmtp-param`; the keyword in upper case. */
export interface EsmtpParameter {
  readonly keyword: string;
  readonly value: string | undefined;
}

/** A path as it stands between its angle brackets, and the parameters behind it. */
export interface PathAndParameters {
  readonly path: string;
  readonly parameters: readonly EsmtpParameter[];
}

/** More than every parameter of every extension. */
const parametersMax = 20;

const verbPattern = /^[A-Za-z]{1,16}$/;
const controls = /\p{Cc}/u;
const parameterPattern = /^([A-Za-z0-9][A-Za-z0-9-]{0,63})(?:=([!-<>-~\u0080-\u{10ffff}]+))?$/u;
/** RFC 5321 §4.1.2 `Domain`, with the underscore that many a Windows machine has in its name. */
const heloDomainPattern =
  /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/;
/** RFC 5321 §4.5.3.1.2. */
const heloBytesMax = 255;
const xtextPattern = /^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/;

function problem(detail: SyntaxProblem['detail'], text: string): { ok: false; error: SyntaxProblem } {
  return err({ detail, text });
}

/** RFC 5321 §4.1.1 with RFC 6531 §3.6: US-ASCII or UTF-8, no control characters. `undefined` if it is none. */
export function commandLine(bytes: Uint8Array): CommandLine | undefined {
  const text = commandText(bytes);
  if (text === undefined) return undefined;
  const space = text.indexOf(' ');
  const verb = space < 0 ? text : text.slice(0, space);
  if (!verbPattern.test(verb)) return undefined;
  return { verb: verb.toUpperCase(), argument: space < 0 ? '' : trimEnd(text.slice(space + 1)) };
}

function commandText(bytes: Uint8Array): string | undefined {
  const buffer = asBuffer(bytes);
  const plain = buffer.toString('latin1');
  if (/^[ -~]*$/.test(plain)) return plain;
  if (!isUtf8(buffer)) return undefined;
  const text = buffer.toString('utf8');
  return controls.test(text) ? undefined : text;
}

/** RFC 5321 §4.1.1: servers tolerate white space before the line's end. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 32) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}

/** RFC 5321 §4.1.1.1 `( Domain / address-literal )` of EHLO, HELO and LHLO. */
export function ehloName(argument: string): Parsed<string> {
  if (argument === '') return problem('5.4', 'A name is missing');
  const literal = argument.startsWith('[') && parseAddressLiteral(argument).ok;
  const domain = argument.length <= heloBytesMax && heloDomainPattern.test(argument);
  return literal || domain ? ok(argument) : problem('5.4', 'This is no domain name or address literal');
}

/**
 * RFC 5321 §4.1.2 `Reverse-path` or `Forward-path` behind `FROM:` or `TO:`, then `Mail-parameters`.
 * Strict: no space around the colon, angle brackets required.
 */
export function pathAndParameters(argument: string, keyword: 'FROM' | 'TO'): Parsed<PathAndParameters> {
  const prefix = `${keyword}:`;
  if (argument.slice(0, prefix.length).toUpperCase() !== prefix) {
    return problem('5.4', `${prefix}<address> is missing`);
  }
  if (argument.charAt(prefix.length) !== '<') {
    return problem('5.4', `An address stands in angle brackets right behind ${prefix}`);
  }
  const end = pathEnd(argument, prefix.length + 1);
  if (end < 0) return problem('5.4', 'A closing angle bracket is missing');
  const path = argument.slice(prefix.length + 1, end);
  const rest = argument.slice(end + 1);
  if (rest !== '' && !rest.startsWith(' ')) return problem('5.4', 'A space is missing behind the address');
  const parameters = esmtpParameters(rest);
  return parameters.ok ? ok({ path, parameters: parameters.value }) : parameters;
}

/** The `>` outside quotes (a quoted local part may hold one); -1 if there is none. */
function pathEnd(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (quoted && c === '\\') at += 1;
    else if (c === '"') quoted = !quoted;
    else if (c === '>' && !quoted) return at;
    else if (c === '<' && !quoted) return -1;
  }
  return -1;
}

/** RFC 5321 §4.1.2 `*(SP esmtp-param)`; a keyword at most once. */
function esmtpParameters(text: string): Parsed<readonly EsmtpParameter[]> {
  if (text === '') return ok([]);
  const words = text.slice(1).split(' ');
  if (words.length > parametersMax) return problem('5.4', 'Too many parameters');
  const parameters: EsmtpParameter[] = [];
  for (const word of words) {
    const match = parameterPattern.exec(word);
    if (match === null) return problem('5.4', 'A parameter is malformed');
    const keyword = (match[1] ?? '').toUpperCase();
    if (parameters.some((other) => other.keyword === keyword)) {
      return problem('5.4', `${keyword} is given twice`);
    }
    parameters.push({ keyword, value: match[2] });
  }
  return ok(parameters);
}

/** RFC 5321 §4.1.1.2: an address, or `<>` for mail that wants no answer. */
export function reversePath(path: string, smtpUtf8: boolean): Parsed<ReversePath> {
  if (path === '') return ok(undefined);
  return mailboxPath(path, { smtpUtf8, detail: '1.7' });
}

/**
 * RFC 5321 §4.1.1.3. `postmaster` without a domain is an address too; it gets `postmasterDomain`. Source
 * routes are understood and declined, as §3.6.1 allows: nobody needs them but who looks for a relay (P-09).
 */
export function forwardPath(
  path: string,
  {
    smtpUtf8,
    postmasterDomain,
  }: { readonly smtpUtf8: boolean; readonly postmasterDomain: Address['domain'] },
): Parsed<Address> {
  if (path.toLowerCase() === 'postmaster') return ok({ local: path, domain: postmasterDomain });
  return mailboxPath(path, { smtpUtf8, detail: '1.3' });
}

function mailboxPath(
  path: string,
  { smtpUtf8, detail }: { readonly smtpUtf8: boolean; readonly detail: '1.3' | '1.7' },
): Parsed<Address> {
  const address = parseAddress(path, { smtpUtf8 });
  if (address.ok) return address;
  if (address.error === 'non-ascii') return problem('6.7', 'This address needs SMTPUTF8');
  return problem(detail, 'This is no valid address');
}

/** RFC 1870 §4: 1 to 20 digits; what no machine can count is as large as it can. */
export function sizeValue(text: string): number | undefined {
  return /^\d{1,20}$/.test(text) ? Math.min(Number(text), Number.MAX_SAFE_INTEGER) : undefined;
}

/** RFC 3461 §4. */
export function isXtext(text: string): boolean {
  return xtextPattern.test(text);
}

/** What xtext stands for, in printable US-ASCII; `undefined`: it is none, or hides something else. */
export function xtext(text: string): string | undefined {
  if (!isXtext(text)) return undefined;
  const decoded = text.replaceAll(/\+([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return /^[!-~]*$/.test(decoded) ? decoded : undefined;
}

export interface Chunk {
  readonly sizeBytes: number;
  readonly last: boolean;
}

/** RFC 3030 §2 `chunk-size [SP "LAST"]`. */
export function bdatArgument(argument: string): Chunk | undefined {
  const match = /^(\d{1,15})( LAST)?$/i.exec(argument);
  return match === null ? undefined : { sizeBytes: Number(match[1]), last: match[2] !== undefined };
}

export interface AuthArgument {
  readonly mechanism: string;
  /** As base64; `=` is an empty one (RFC 4954 §4). */
  readonly initial: string | undefined;
}

/** RFC 4954 §4 `mechanism [SP initial-response]`, RFC 4422 §3.1. */
export function authArgument(argument: string): AuthArgument | undefined {
  const match = /^([A-Za-z0-9_-]{1,20})(?: ([A-Za-z0-9+/=]+))?$/.exec(argument);
  return match === null ? undefined : { mechanism: (match[1] ?? '').toUpperCase(), initial: match[2] };
}

const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** RFC 4648 §4, nothing else; `undefined` if it is none. */
export function base64(text: string): Uint8Array | undefined {
  return base64Pattern.test(text) ? Buffer.from(text, 'base64') : undefined;
}
