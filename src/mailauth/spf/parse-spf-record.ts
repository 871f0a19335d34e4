import { onePiece } from '#base/one-piece.ts';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { cidrLength, ip4Network, ip6Network, ipv4BitsMax, ipv6BitsMax } from './ip-network.ts';
import { domainSpec, macroString } from './macro-string.ts';
import type { MacroString } from './macro-string.ts';
import type { Directive, DomainAndCidr, Mechanism, Modifier, Qualifier, SpfRecord } from './spf-record.ts';
import { SpfSyntaxError } from './spf-syntax-error.ts';

export interface SpfSyntaxProblem {
  /** The term that is wrong, as it is written. */
  readonly term: string;
  readonly detail: string;
}

/** RFC 7208 §4.5: the version, then a space or the end. */
export function isSpfRecord(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/**
 * Reads a record (RFC 7208 §4.6.1 and §12), as a whole before anything is asked. Never throws.
 * `text` is the TXT record's strings joined, octets in latin1.
 */
export function parseSpfRecord(text: string): Result<SpfRecord, SpfSyntaxProblem> {
  const terms = text
    .slice('v=spf1'.length)
    .split(' ')
    .filter((term) => term !== '')
    // They come into the evidence of each message.
    .map(onePiece);
  const reading = new RecordReading();
  for (const term of terms) {
    try {
      reading.take(term);
    } catch (error) {
      if (error instanceof SpfSyntaxError) return err({ term, detail: error.message });
      throw error;
    }
  }
  return ok(reading);
}

/** `explain-string` (RFC 7208 §6.2); undefined when it is none. */
export function parseExplanation(text: string): MacroString | undefined {
  try {
    return macroString(text, 'explanation');
  } catch (error) {
    if (error instanceof SpfSyntaxError) return undefined;
    throw error;
  }
}

/** A `name "=" …` is a modifier, everything else a directive. */
const modifierPattern = /^([a-z][a-z0-9_.-]*)=(.*)$/is;

class RecordReading implements SpfRecord {
  readonly directives: Directive[] = [];
  redirect: Modifier | undefined;
  explanation: Modifier | undefined;

  take(term: string): void {
    const [, name, value = ''] = modifierPattern.exec(term) ?? [];
    if (name === undefined) this.directives.push(directive(term));
    else this.#modifier(name.toLowerCase(), value, term);
  }

  /** `modifier = redirect / explanation / unknown-modifier`; the first two at most once (RFC 7208 §6). */
  #modifier(name: string, value: string, term: string): void {
    switch (name) {
      case 'redirect':
        if (this.redirect !== undefined) throw new SpfSyntaxError('a second redirect');
        this.redirect = { domainSpec: domainSpec(value), term };
        break;
      case 'exp':
        if (this.explanation !== undefined) throw new SpfSyntaxError('a second exp');
        this.explanation = { domainSpec: domainSpec(value), term };
        break;
      default:
        macroString(value, 'unknown');
    }
  }
}

const qualifiers: ReadonlyMap<string, Qualifier> = new Map([
  ['+', 'pass'],
  ['-', 'fail'],
  ['?', 'neutral'],
  ['~', 'softfail'],
]);

/** `directive = [ qualifier ] mechanism`. */
function directive(term: string): Directive {
  const qualifier = qualifiers.get(term.charAt(0));
  const written = qualifier === undefined ? term : term.slice(1);
  return { qualifier: qualifier ?? 'pass', mechanism: mechanism(written), term };
}

/** What follows a mechanism's name, up to the end of the term. */
type Grammar = (rest: string) => Mechanism;

const grammars: ReadonlyMap<string, Grammar> = new Map<string, Grammar>([
  ['all', all],
  ['include', (rest) => ({ kind: 'include', domainSpec: domainSpec(afterColon(rest)) })],
  ['exists', (rest) => ({ kind: 'exists', domainSpec: domainSpec(afterColon(rest)) })],
  ['a', (rest) => ({ kind: 'a', ...domainAndCidr(rest) })],
  ['mx', (rest) => ({ kind: 'mx', ...domainAndCidr(rest) })],
  ['ptr', (rest) => ({ kind: 'ptr', domainSpec: optionalDomain(rest) })],
  ['ip4', (rest) => ({ kind: 'ip4', ...ip4Network(afterColon(rest)) })],
  ['ip6', (rest) => ({ kind: 'ip6', ...ip6Network(afterColon(rest)) })],
]);

function mechanism(written: string): Mechanism {
  const name = /^[a-z0-9]*/i.exec(written)?.[0] ?? '';
  const grammar = grammars.get(name.toLowerCase());
  if (grammar === undefined) throw new SpfSyntaxError('no known mechanism');
  return grammar(written.slice(name.length));
}

function all(rest: string): Mechanism {
  if (rest !== '') throw new SpfSyntaxError('"all" with something behind it');
  return { kind: 'all' };
}

function afterColon(rest: string): string {
  if (!rest.startsWith(':')) throw new SpfSyntaxError('a colon is missing');
  return rest.slice(1);
}

/** `[ ":" domain-spec ]`. */
function optionalDomain(rest: string): MacroString | undefined {
  return rest === '' ? undefined : domainSpec(afterColon(rest));
}

/** `[ ":" domain-spec ] [ dual-cidr-length ]`. */
function domainAndCidr(rest: string): DomainAndCidr {
  const [, ipv4, ipv6] = /(?:(?<!\/)\/([0-9]+))?(?:\/\/([0-9]+))?$/.exec(rest) ?? [];
  const length = (ipv4 === undefined ? 0 : 1 + ipv4.length) + (ipv6 === undefined ? 0 : 2 + ipv6.length);
  return {
    domainSpec: optionalDomain(rest.slice(0, rest.length - length)),
    cidr: { ipv4Bits: cidrLength(ipv4, ipv4BitsMax), ipv6Bits: cidrLength(ipv6, ipv6BitsMax) },
  };
}
