import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { skipCfws } from '#mail/cfws.ts';
import { propertiesMax, resultTextBytesMax, resultsMax } from './authentication-result.ts';
import type { AuthenticationProperty, AuthenticationResult } from './authentication-result.ts';

export interface AuthenticationResults {
  /** Who says so, in lower case. Anybody can write anything here: believe only whom you have reason to. */
  readonly authservId: string;
  /** Empty for `none`. */
  readonly results: readonly AuthenticationResult[];
}

export type ResultsProblem = 'syntax' | 'version' | 'too-many';

/** Thrown inside, caught in `parseAuthenticationResults`. */
class Unreadable extends Error {
  readonly problem: ResultsProblem;

  constructor(problem: ResultsProblem) {
    super(problem);
    this.problem = problem;
  }
}

/**
 * Reads the value of an Authentication-Results field, or what follows `i=1;` in ARC-Authentication-Results (RFC 8601
 * §2.2, RFC 8617 §4.1.1). What is not exactly so is refused as a whole: half a statement proves nothing. Linear.
 * @param value latin1 bytes as characters, folded or not
 */
export function parseAuthenticationResults(value: string): Result<AuthenticationResults, ResultsProblem> {
  try {
    return ok(new Reader(value).payload());
  } catch (error) {
    if (error instanceof Unreadable) return err(error.problem);
    throw error;
  }
}

const keywordPattern = /[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/y;
/** RFC 8601 has `mail-from` and the like beside keywords; both are this. */
const propertyPattern = /[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?/y;
/** A token (RFC 2045 §5.1), or an address or domain, which may hold `@` and what a dot-atom holds (RFC 5322 §3.2.3). */
// oxlint-disable-next-line no-control-regex
const valuePattern = /[^\s"(),:;<>[\\\]\u0000-\u001f\u007f]+/y;
const digitsPattern = /\d{1,9}/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** `authres-payload`. */
  payload(): AuthenticationResults {
    const authservId = this.#value().toLowerCase();
    this.#skip();
    const version = this.#optional(digitsPattern);
    if (version !== undefined && Number(version) !== 1) throw new Unreadable('version');
    const results: AuthenticationResult[] = [];
    if (this.#ended()) throw new Unreadable('syntax');
    while (!this.#ended()) {
      this.#expect(';');
      if (this.#ended()) break;
      const result = this.#statement(results.length);
      if (result !== undefined) results.push(result);
    }
    return { authservId, results };
  }

  /** `resinfo`; nothing for `no-result`. */
  #statement(before: number): AuthenticationResult | undefined {
    if (before >= resultsMax) throw new Unreadable('too-many');
    const method = this.#keyword();
    if (before === 0 && method === 'none' && this.#ended()) return undefined;
    if (this.#take('/')) this.#version();
    this.#expect('=');
    const result = this.#keyword();
    const properties: AuthenticationProperty[] = [];
    let reason: string | undefined;
    while (!this.#ended() && this.#text.charAt(this.#at) !== ';') {
      const type = this.#keyword();
      if (type === 'reason' && reason === undefined && properties.length === 0 && this.#take('=')) {
        reason = this.#value();
        continue;
      }
      properties.push(this.#property(type));
      if (properties.length > propertiesMax) throw new Unreadable('too-many');
    }
    return reason === undefined ? { method, result, properties } : { method, result, reason, properties };
  }

  /** `propspec` after its type. */
  #property(type: string): AuthenticationProperty {
    this.#expect('.');
    this.#skip();
    const name = this.#needed(propertyPattern).toLowerCase();
    this.#expect('=');
    return { type, name, value: this.#value() };
  }

  /** `method-version`; we read what it says, whichever it is. */
  #version(): void {
    this.#skip();
    this.#needed(digitsPattern);
  }

  #keyword(): string {
    this.#skip();
    return this.#needed(keywordPattern).toLowerCase();
  }

  /** `value`, and the domains and addresses of `pvalue`. */
  #value(): string {
    this.#skip();
    const text = this.#text.charAt(this.#at) === '"' ? this.#quoted() : this.#needed(valuePattern);
    if (text.length > resultTextBytesMax) throw new Unreadable('too-many');
    return text;
  }

  #quoted(): string {
    let text = '';
    for (this.#at += 1; this.#text.charAt(this.#at) !== '"'; this.#at += 1) {
      if (this.#text.charAt(this.#at) === '\\') this.#at += 1;
      // With the line breaks of folding still in it.
      if (this.#at >= this.#text.length || text.length > 3 * resultTextBytesMax)
        throw new Unreadable('syntax');
      text += this.#text.charAt(this.#at);
    }
    this.#at += 1;
    const unfolded = text.replaceAll(/\r?\n(?=[ \t])/g, '');
    // oxlint-disable-next-line no-control-regex
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(unfolded)) throw new Unreadable('syntax');
    return unfolded;
  }

  #skip(): void {
    this.#at = skipCfws(this.#text, this.#at);
  }

  #ended(): boolean {
    this.#skip();
    return this.#at >= this.#text.length;
  }

  #take(sign: string): boolean {
    this.#skip();
    if (this.#text.charAt(this.#at) !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw new Unreadable('syntax');
  }

  #needed(pattern: RegExp): string {
    const found = this.#optional(pattern);
    if (found === undefined) throw new Unreadable('syntax');
    return found;
  }

  #optional(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}
