import { afterComment } from './cfws.ts';
import { isPlainDomain } from './domain.ts';

/** A word of a phrase or local part, quotes and escapes taken off. */
export interface Word {
  readonly kind: 'atom' | 'quoted' | 'dot';
  readonly text: string;
  /** White space or a comment stands before it. */
  readonly spaced: boolean;
}

/** RFC 5322 §3.2.3 `atext` with the UTF-8 of RFC 6532 (bytes over 127). */
const atext = octetsOf(/[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\xff]/);
/** Taken whole even where its text holds specials, as broken writers make them. */
const encodedWordPattern = /=\?[^?\s]{1,80}\?[bq]\?[^?\s]{0,200}\?=/iy;
/** Whatever else is no special: kept in an atom, but not as it should be. */
const looseAtomPattern = /[^\s"(),.:;<>@]+/y;
const domainText = octetsOf(/[^\s"(),:;<>@[\]\\]/);
const properDomain = /^(?!-|\.)(?:[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\xff]|(?<!-)\.(?!-|\.))+(?<!-|\.)$/;

/**
 * The lexer of address fields (RFC 5322 §3.2). Every step goes forward; what is not as it should be is read
 * somehow and makes `exact` false.
 */
export class AddressScanner {
  exact = true;
  /** Content of the last comment seen since `forgetComment`. */
  comment: string | undefined;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  peek(): string {
    return this.#text.charAt(this.#at);
  }

  take(c: string): boolean {
    if (this.peek() !== c) return false;
    this.#at += 1;
    return true;
  }

  forgetComment(): void {
    this.comment = undefined;
  }

  /** CFWS (§3.2.2, §4.2). True when there was any. */
  skipSpace(): boolean {
    const start = this.#at;
    for (;;) {
      const c = this.#text.charCodeAt(this.#at);
      if (c === 0x20 || c === 0x09) this.#at += 1;
      else if (c === 0x0d || c === 0x0a) this.#lineBreak();
      else if (c === 0x28) this.#skipComment();
      else return this.#at > start;
    }
  }

  /** A line break is CR LF before white space, or it is not as it should be. */
  #lineBreak(): void {
    const crlf = this.#text.startsWith('\r\n', this.#at);
    this.#at += crlf ? 2 : 1;
    const next = this.peek();
    if (!crlf || (next !== ' ' && next !== '\t')) this.exact = false;
  }

  #skipComment(): void {
    const end = afterComment(this.#text, this.#at);
    const closed = this.#text.charAt(end - 1) === ')';
    const inner = this.#text.slice(this.#at + 1, closed ? end - 1 : end);
    if (!closed || !commentClosed(this.#text, this.#at, end) || !foldingHolds(inner)) this.exact = false;
    this.comment = unquotePairs(inner).trim() || undefined;
    this.#at = end;
  }

  /** Words and dots up to the next special. */
  words(): readonly Word[] {
    const words: Word[] = [];
    let spaced = this.skipSpace();
    for (;;) {
      const word = this.#word(spaced);
      if (word === undefined && this.#strayParenthesis()) continue;
      if (word === undefined) return words;
      words.push(word);
      spaced = this.skipSpace();
    }
  }

  #word(spaced: boolean): Word | undefined {
    const c = this.peek();
    if (c === '"') return { kind: 'quoted', text: this.#quoted(), spaced };
    if (c === '.') {
      this.#at += 1;
      return { kind: 'dot', text: '.', spaced };
    }
    const atom = (c === '=' ? this.#match(encodedWordPattern) : undefined) ?? this.#run(atext);
    if (atom !== undefined) {
      if (c === '=' && /[",.:;<>@()]/.test(atom)) this.exact = false;
      return { kind: 'atom', text: atom, spaced };
    }
    const loose = this.#match(looseAtomPattern);
    if (loose === undefined) return undefined;
    this.exact = false;
    return { kind: 'atom', text: loose, spaced };
  }

  /** A comment that was closed twice: passed over, since an address may follow. */
  #strayParenthesis(): boolean {
    if (!this.take(')')) return false;
    this.exact = false;
    this.skipSpace();
    return true;
  }

  /** Octets of this kind, at least one. */
  #run(kind: Uint8Array): string | undefined {
    const start = this.#at;
    while (kind[this.#text.charCodeAt(this.#at)] === 1) this.#at += 1;
    return this.#at === start ? undefined : this.#text.slice(start, this.#at);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  /** §3.2.4, without its quotes. */
  #quoted(): string {
    const start = this.#at + 1;
    let at = start;
    while (at < this.#text.length && this.#text.charCodeAt(at) !== 0x22) {
      at += this.#text.charCodeAt(at) === 0x5c ? 2 : 1;
    }
    const inner = this.#text.slice(start, at);
    if (at >= this.#text.length || !foldingHolds(inner)) this.exact = false;
    this.#at = Math.min(at + 1, this.#text.length);
    return unquotePairs(inner);
  }

  /** §4.4 `obs-route`, as written. */
  route(): string | undefined {
    this.skipSpace();
    if (this.peek() !== '@' && this.peek() !== ',') return undefined;
    const hops: string[] = [];
    for (;;) {
      this.skipSpace();
      if (this.take(',')) continue;
      if (!this.take('@')) break;
      hops.push(`@${this.domain()}`);
    }
    if (!this.take(':')) this.exact = false;
    return hops.join(',');
  }

  /** `domain` (§3.4.1, §4.4) without its white space and comments; a literal with its brackets. */
  domain(): string {
    this.skipSpace();
    if (this.peek() === '[') return this.#domainLiteral();
    let text = '';
    for (;;) {
      const piece = this.#run(domainText);
      if (piece === undefined) break;
      text += piece;
      const before = this.#at;
      this.skipSpace();
      // Only around a dot may space stand inside a domain.
      if (this.#at > before && !text.endsWith('.') && this.peek() !== '.') break;
    }
    if (!isPlainDomain(text) && !properDomain.test(text)) this.exact = false;
    return text;
  }

  #domainLiteral(): string {
    const { end, closed } = literalEnd(this.#text, this.#at);
    const literal = this.#text.slice(this.#at, end);
    const inner = literal.slice(1, closed ? -1 : undefined);
    if (!closed || inner.includes('[') || !foldingHolds(inner)) this.exact = false;
    this.#at = end;
    return unquotePairs(literal);
  }

  /** The closing `>` is missing: look for it before the next comma. */
  recoverAngle(): void {
    this.exact = false;
    for (; !this.atEnd() && this.peek() !== ','; this.#at += 1) if (this.take('>')) return;
  }

  /** To the next comma outside quotes and comments. */
  skipJunk(): void {
    while (!this.atEnd() && this.peek() !== ',') {
      if (this.peek() === '"') this.#quoted();
      else if (!this.skipSpace()) this.#at += 1;
    }
  }
}

/** Which octets a pattern of one character takes: 1. */
function octetsOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, octet) => (pattern.test(String.fromCharCode(octet)) ? 1 : 0));
}

function literalEnd(text: string, from: number): { readonly end: number; readonly closed: boolean } {
  for (let at = from; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (c === '\\') at += 1;
    else if (c === ']') return { end: at + 1, closed: true };
    else if (c === ',' || c === '>') return { end: at, closed: false };
  }
  return { end: text.length, closed: false };
}

/** `afterComment` also ends at the end of the text; a last `)` may then be an inner or an escaped one. */
function commentClosed(text: string, start: number, end: number): boolean {
  return end < text.length || afterComment(`${text.slice(start, end)} `, 0) === end - start;
}

/** No NUL, CR or LF but in quoted pairs and before white space (§3.2.2, §4.1). */
function foldingHolds(inner: string): boolean {
  if (!/[\r\n\0]/.test(inner)) return true;
  return !/[\r\n\0]/.test(inner.replaceAll(/\\[^]/g, '').replaceAll(/\r\n(?=[ \t])/g, ''));
}

function unquotePairs(text: string): string {
  const unfolded = /[\r\n]/.test(text) ? text.replaceAll(/(?<!\\)\r?\n(?=[ \t])/g, '') : text;
  return unfolded.includes('\\') ? unfolded.replaceAll(/\\([^])/g, '$1') : unfolded;
}
