const insertion = /\$\{((?:[^{}]|\{[^{}]*\})*)\}/g;

/** What was captured from the server's lines, to be used in later ones; `${…}` in a transcript. */
export class Captures {
  readonly #values = new Map<string, string>();

  /** The bytes that a `C` line sends: captures and functions put in, escapes undone. */
  bytesOf(text: string): Buffer {
    return unescape(text.replaceAll(insertion, (_, inside: string) => this.#insert(inside)));
  }

  /** Does a line of the server match? Then what it captures is kept. */
  matches(pattern: string, line: string): boolean {
    const names: string[] = [];
    const found = this.#expression(pattern, names).exec(line);
    if (found === null) return false;
    for (const [index, name] of names.entries()) this.#values.set(name, found[index + 1] ?? '');
    return true;
  }

  #insert(inside: string): string {
    const value = this.#values.get(inside);
    if (value !== undefined) return value.replaceAll('\\', '\\\\');
    const [, name, argument = ''] = /^(\w+) (.*)$/.exec(inside) ?? [];
    if (name === 'base64') return unescape(argument).toString('base64');
    if (name === 'repeat') return repeat(argument);
    throw new Error(`\${${inside}} is not known here`);
  }

  #expression(pattern: string, names: string[]): RegExp {
    let source = '';
    let from = 0;
    for (const match of pattern.matchAll(insertion)) {
      source += quote(unescape(pattern.slice(from, match.index)).toString('latin1'));
      source += this.#slot(match[1] ?? '', names);
      from = match.index + match[0].length;
    }
    return new RegExp(`^${source}${quote(unescape(pattern.slice(from)).toString('latin1'))}$`, 's');
  }

  /** `*` anything · `name` what was captured · `name:regex` captures · `:regex` only matches. */
  #slot(inside: string, names: string[]): string {
    if (inside === '*') return '.*';
    const value = this.#values.get(inside);
    if (value !== undefined) return quote(value);
    const [, name = '', regex = '.*'] = /^(\w*):?(.*)$/s.exec(inside) ?? [];
    if (name === '') return `(?:${regex})`;
    if (name === 'base64') return quote(this.#insert(inside));
    names.push(name);
    return `(${regex === '' ? '.*?' : regex})`;
  }
}

function repeat(argument: string): string {
  const [, count = '0', text = ''] = /^(\d+) (.*)$/s.exec(argument) ?? [];
  return text.repeat(Number(count));
}

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', 0: '\0', s: ' ', '\\': '\\' };

/** `\r \n \t \0 \s \\ \xHH`; other text is UTF-8. */
function unescape(text: string): Buffer {
  const pieces = text.split(/(\\x[0-9a-fA-F]{2}|\\[rnt0s\\])/);
  return Buffer.concat(
    pieces.map((piece, index) => {
      if (index % 2 === 0) return Buffer.from(piece);
      if (piece.startsWith('\\x')) return Buffer.from(piece.slice(2), 'hex');
      return Buffer.from(escapes[piece.charAt(1)] ?? '');
    }),
  );
}

function quote(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
