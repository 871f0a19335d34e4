/** What is wrong with a command, in words for its client. Thrown by the grammar, caught in one place (`parse.ts`). */
export class SyntaxProblem extends Error {}

/** A literal as it came: `at` is the position behind its `{n}` in the text. */
export interface Literal {
  readonly at: number;
  readonly bytes: Uint8Array;
  /** `~{n}` (RFC 3516 literal8): may contain NUL. */
  readonly binary: boolean;
}

/** A whole command: its lines joined, each `{n}` left in place, and the literals beside it. One character is one byte. */
export interface CommandText {
  readonly text: string;
  readonly literals: readonly Literal[];
}

/** Reads a command from left to right. All grammar functions take one and either advance it or throw. */
export class Cursor {
  readonly text: string;
  at: number;
  readonly #literals: readonly Literal[];
  #nextLiteral = 0;

  constructor(command: CommandText, at = 0) {
    this.text = command.text;
    this.#literals = command.literals;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** The character ahead, empty at the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }

  fail(expected: string): never {
    const found = this.done
      ? 'the end of the command'
      : `"${printable(this.text.slice(this.at, this.at + 12))}"`;
    throw new SyntaxProblem(`Expected ${expected}, found ${found}`);
  }

  /** Takes the text if it is next, in any case. */
  skip(text: string): boolean {
    const ahead = this.text.slice(this.at, this.at + text.length);
    if (ahead !== text && ahead.toUpperCase() !== text.toUpperCase()) return false;
    this.at += text.length;
    return true;
  }

  expect(text: string, what = `"${text}"`): void {
    if (!this.skip(text)) this.fail(what);
  }

  space(): void {
    this.expect(' ', 'a space');
  }

  /** Nothing may follow. */
  end(): void {
    if (!this.done) this.fail('the end of the command');
  }

  /** The longest run of characters of a class; may be empty. */
  run(isMember: (code: number) => boolean): string {
    const start = this.at;
    while (this.at < this.text.length && isMember(this.text.charCodeAt(this.at))) this.at += 1;
    return this.text.slice(start, this.at);
  }

  /** Takes the literal that stands here; its `{n}` has been recognised by the receiver. */
  literal(): Literal {
    const literal = this.#literals[this.#nextLiteral];
    const end = this.text.indexOf('}', this.at) + 1;
    const marker = this.text.slice(this.at, end);
    if (literal === undefined || literal.at !== end || !/^~?\{\d+\+?\}$/.test(marker)) this.fail('a string');
    this.#nextLiteral += 1;
    this.at = end;
    return literal;
  }
}

/** Foreign text in a reply is printable and short (S-05). */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, "'");
}
