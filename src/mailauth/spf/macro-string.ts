import { SpfSyntaxError } from './spf-syntax-error.ts';
import { isToplabel } from './toplabel.ts';

/** RFC 7208 §7.2; `c`, `r` and `t` only in explanations. */
export type MacroLetter = 's' | 'l' | 'o' | 'd' | 'i' | 'p' | 'h' | 'c' | 'r' | 't' | 'v';

export interface Macro {
  readonly letter: MacroLetter;
  /** Right-hand parts that are kept; all when undefined. */
  readonly partsKept: number | undefined;
  readonly reversed: boolean;
  /** Characters at which the value is split; never empty. */
  readonly delimiters: string;
  /** Written as a capital: the value is escaped for a URL (RFC 7208 §7.3). */
  readonly escaped: boolean;
}

/** Literal text and macros in turn. */
export type MacroString = readonly (string | Macro)[];

/** `unknown`: the value of a modifier that we do not know, for which the grammar alone counts. */
export type MacroPlace = 'domain' | 'explanation' | 'unknown';

const percentForms: ReadonlyMap<string, string> = new Map([
  ['%', '%'],
  ['_', ' '],
  ['-', '%20'],
]);
const macroExpand = /^\{([slodiphcrtv])([0-9]*)(r?)([-.+,/_=]*)\}/i;
const onlyInExplanations = /[crt]/;
/** `{`, letter, transformers and delimiters: more digits and delimiters than these say nothing. */
const macroCharsMax = 64;

/**
 * `macro-string` (RFC 7208 §7.1), in explanations with spaces between (`explain-string`).
 * Throws `SpfSyntaxError`.
 */
export function macroString(text: string, place: MacroPlace): MacroString {
  return macroTokens(text, place).tokens;
}

/** `domain-spec`: a macro-string that ends in a macro or in a dot and a top label. Throws `SpfSyntaxError`. */
export function domainSpec(text: string): MacroString {
  const { tokens, endsInMacro } = macroTokens(text, 'domain');
  const last = tokens.at(-1);
  if (!endsInMacro && !(typeof last === 'string' && endsInToplabel(last))) {
    throw new SpfSyntaxError(`"${text}" is no domain`);
  }
  return tokens;
}

function macroTokens(
  text: string,
  place: MacroPlace,
): { readonly tokens: MacroString; readonly endsInMacro: boolean } {
  const tokens: (string | Macro)[] = [];
  let endsInMacro = false;
  for (let at = 0; at < text.length;) {
    const percent = text.indexOf('%', at);
    const literal = text.slice(at, percent < 0 ? text.length : percent);
    if (literal !== '') tokens.push(macroLiteral(literal, place));
    endsInMacro = percent >= 0;
    if (percent < 0) break;
    const { token, length } = macroExpandAt(text, percent, place);
    tokens.push(token);
    at = percent + length;
  }
  return { tokens, endsInMacro };
}

/** `macro-literal`: visible characters; an explanation has spaces too. */
function macroLiteral(text: string, place: MacroPlace): string {
  const allowed = place === 'explanation' ? /^[\x20-\x7e]*$/ : /^[\x21-\x7e]*$/;
  if (!allowed.test(text)) throw new SpfSyntaxError('a character that is not visible ASCII');
  return text;
}

function macroExpandAt(
  text: string,
  percent: number,
  place: MacroPlace,
): { readonly token: string | Macro; readonly length: number } {
  const form = percentForms.get(text.charAt(percent + 1));
  if (form !== undefined) return { token: form, length: 2 };
  const written = macroExpand.exec(text.slice(percent + 1, percent + 1 + macroCharsMax));
  if (written === null) throw new SpfSyntaxError('a percent sign that begins no macro');
  const [whole, name = '', digits = '', reverse = '', delimiters = ''] = written;
  const letter = name.toLowerCase() as MacroLetter;
  if (place === 'domain' && onlyInExplanations.test(letter)) {
    throw new SpfSyntaxError(`the macro ${letter} outside of an explanation`);
  }
  const token: Macro = {
    letter,
    partsKept: transformerDigits(digits),
    reversed: reverse !== '',
    delimiters: delimiters === '' ? '.' : delimiters,
    escaped: name !== letter,
  };
  return { token, length: 1 + whole.length };
}

/** RFC 7208 §7.2: "The DIGIT transformer [...] if specified, MUST be nonzero". */
function transformerDigits(digits: string): number | undefined {
  if (digits === '') return undefined;
  const kept = Number(digits);
  if (kept === 0) throw new SpfSyntaxError('a macro that keeps no part');
  return kept;
}

/** `"." toplabel [ "." ]` at the end. */
function endsInToplabel(literal: string): boolean {
  const text = literal.endsWith('.') ? literal.slice(0, -1) : literal;
  const dot = text.lastIndexOf('.');
  if (dot < 0) return false;
  return isToplabel(text.slice(dot + 1));
}
