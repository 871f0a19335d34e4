import { parseClientAddress } from '#base/client-address.ts';
import type { ClientAddress } from '#base/client-address.ts';

/** What a Received field says of the host that handed the message over. */
export interface ReceivedFrom {
  /** The name of its HELO, as written: a peer's word. */
  readonly helo: string;
  readonly address: ClientAddress;
}

export type ReceivedReading =
  | { readonly kind: 'from'; readonly from: ReceivedFrom }
  /** In our words. */
  | { readonly kind: 'unclear'; readonly why: string };

/**
 * S-09: what a longer field says is not looked for. Longer than the longest command that a known server takes (Exim: 16
 * KiB), so that no peer makes himself unreadable by the length of his HELO name, and is judged by nothing then.
 */
export const receivedBytesMax = 20_480;
/** Comments behind the name: address, TLS, certificate, log-in. */
const commentsMax = 8;

/**
 * Reads the `from` clause of a Received field (RFC 5321 §4.4), for a field whose writer is trusted. What the peer of that
 * writer may have put into it (its HELO name, the name in its certificate) must never pass for the address that the writer
 * saw; so only the comment that stands where the standard has it is read, by the forms of the servers that are known,
 * and whatever leaves a doubt is unclear.
 */
export function readReceivedFrom(value: string): ReceivedReading {
  if (value.length > receivedBytesMax) return unclear('it is too long');
  const clause = splitClause(value);
  if (clause === undefined) return unclear('it has no from clause that can be read');
  const [first = '', ...others] = clause.comments;
  const said = heloComment.exec(first)?.[1];
  // qmail and its kin: `from unknown (HELO name) (192.0.2.1)`.
  if (said !== undefined) return others[0] === undefined ? noAddress : ofComment(others[0], said);
  return first === '' ? noAddress : ofTcpInfo(clause.name, first);
}

interface Clause {
  readonly name: string;
  /** Without their parentheses; comments in comments are taken out. */
  readonly comments: readonly string[];
}

/** `from NAME (…) (…) by …`; without `by` it is no field of a mail server. */
function splitClause(value: string): Clause | undefined {
  // Other characters pass for white space here and there, and would part words that the writer took for one.
  const unfolded = value
    .replaceAll(/[\r\n\t ]+/g, ' ')
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .trim();
  // One word, whatever a peer puts into it: a command line has no space in a name.
  const name = /^from ([^ ]+) (?=\()/i.exec(unfolded);
  if (name?.[1] === undefined) return undefined;
  const comments: string[] = [];
  let rest = unfolded.slice(name[0].length);
  while (rest.startsWith('(')) {
    const comment = takeComment(rest);
    if (comment === undefined || comments.length >= commentsMax) return undefined;
    comments.push(comment.text.trim());
    rest = rest.slice(comment.length);
    // Servers put a space there; what follows at once may be a peer's own parenthesis.
    if (!rest.startsWith(' ')) return undefined;
    rest = rest.slice(1);
  }
  return /^by [^\s()]/i.test(rest) ? { name: name[1], comments } : undefined;
}

/** RFC 5322 §3.2.2: comments nest, and a backslash takes the meaning off what follows it. */
function takeComment(text: string): { readonly text: string; readonly length: number } | undefined {
  let depth = 0;
  let kept = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (depth === 1) kept += char;
    if (depth === 0) return { text: kept, length: at + 1 };
  }
  return undefined;
}

const heloComment = /^(?:HELO|EHLO) (\S+)$/i;
/** Exim writes what the peer said beside the address: `([192.0.2.1] helo=name)`. */
const taggedWords = /(?:^| )(?:helo|ident|port)=\S*/gi;
const heloTag = /(?:^| )helo=(\S+)/i;

function ofTcpInfo(name: string, comment: string): ReceivedReading {
  const tagged = heloTag.exec(comment)?.[1];
  const own = comment.replaceAll(taggedWords, '').trim();
  if (own !== '') return ofComment(own, tagged ?? name);
  // Exim without a reverse name: `from [192.0.2.1] (helo=name)`. Without the tag a HELO literal would look the same.
  const literal = /^\[([^\]]+)\]$/.exec(name)?.[1];
  const address = literal === undefined ? undefined : ipOf(literal);
  return address === undefined || tagged === undefined
    ? noAddress
    : { kind: 'from', from: { helo: tagged, address } };
}

/** `name [192.0.2.1]`, `[IPv6:2001:db8::1]`, or the bare address of Exchange; one address, no more. */
function ofComment(comment: string, helo: string): ReceivedReading {
  const bare = ipOf(comment);
  if (bare !== undefined) return { kind: 'from', from: { helo, address: bare } };
  const literals = [...comment.matchAll(/\[([^[\]]*)\]/g)].map(([, text = '']) => ipOf(text));
  const [address] = literals;
  if (literals.length > 1) return unclear('it names more than one address');
  return address === undefined ? noAddress : { kind: 'from', from: { helo, address } };
}

/** `undefined`: no IP address. */
function ipOf(text: string): ClientAddress | undefined {
  const bare = text.replace(/^IPv6:/i, '');
  return bare.includes('%') ? undefined : parseClientAddress(bare);
}

const noAddress = unclear('it does not say from which address');

function unclear(why: string): Extract<ReceivedReading, { kind: 'unclear' }> {
  return { kind: 'unclear', why };
}
