/** Where something stands in a file, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * The places of all keys and list items of a TOML file, by path: `listener[1].port`, indexes from 0. The text has been
 * parsed before, so this reader only walks: it judges nothing and never fails.
 */
export function tomlPlaces(text: string): ReadonlyMap<string, Place> {
  return new PlaceWalk(text).walk();
}

export type Path = readonly (string | number)[];

/** `['listener', 1, 'port']` → `listener[1].port`. */
export function spellPath(path: Path): string {
  return path.reduce<string>((spelled, step) => {
    if (typeof step === 'number') return `${spelled}[${step}]`;
    return spelled === '' ? step : `${spelled}.${step}`;
  }, '');
}

class PlaceWalk {
  readonly #text: string;
  readonly #places = new Map<string, Place>();
  readonly #counts = new Map<string, number>();
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #table: Path = [];

  constructor(text: string) {
    this.#text = text;
  }

  walk(): ReadonlyMap<string, Place> {
    for (;;) {
      this.#skipBlank();
      if (this.#at >= this.#text.length) return this.#places;
      const start = this.#at;
      if (this.#peek() === '[') this.#header();
      else this.#pair(this.#table);
      if (this.#at === start) this.#advance(1);
    }
  }

  #header(): void {
    const repeated = this.#text.startsWith('[[', this.#at);
    const place = this.#place();
    this.#advance(repeated ? 2 : 1);
    const path = this.#resolve(this.#keyPath(), repeated);
    this.#note(path, place);
    this.#table = path;
    this.#advance(repeated ? 2 : 1);
  }

  /** Puts the current index behind each step that names a repeated table. */
  #resolve(keys: readonly string[], repeated: boolean): Path {
    let path: Path = [];
    for (const [index, key] of keys.entries()) {
      path = [...path, key];
      const spelled = spellPath(path);
      const count = this.#counts.get(spelled);
      if (repeated && index === keys.length - 1) {
        this.#counts.set(spelled, (count ?? -1) + 1);
        path = [...path, (count ?? -1) + 1];
      } else if (count !== undefined) path = [...path, count];
    }
    return path;
  }

  #pair(table: Path): void {
    const place = this.#place();
    const path = [...table, ...this.#keyPath()];
    this.#note(path, place);
    if (this.#peek() === '=') this.#advance(1);
    this.#skipSpace();
    this.#value(path);
  }

  #keyPath(): readonly string[] {
    const keys: string[] = [];
    for (;;) {
      this.#skipSpace();
      keys.push(this.#key());
      this.#skipSpace();
      if (this.#peek() !== '.') return keys;
      this.#advance(1);
    }
  }

  #key(): string {
    const quote = this.#peek();
    if (quote === '"' || quote === "'") return this.#quoted().slice(1, -1);
    const bare = this.#matched(/[A-Za-z0-9_-]*/y);
    if (bare === '' && this.#at < this.#text.length) this.#advance(1);
    return bare;
  }

  #value(path: Path): void {
    const first = this.#peek();
    if (first === '[') this.#list(path);
    else if (first === '{') this.#inlineTable(path);
    else if (first === '"' || first === "'") this.#quoted();
    else this.#matched(/[^,\]}#\n]*/y);
  }

  #list(path: Path): void {
    this.#advance(1);
    for (let index = 0; ; index += 1) {
      this.#skipBlank();
      if (this.#at >= this.#text.length) return;
      if (this.#peek() === ']') return this.#advance(1);
      const start = this.#at;
      this.#note([...path, index], this.#place());
      this.#value([...path, index]);
      this.#skipBlank();
      // What is no TOML must not hold the walk up.
      if (this.#peek() === ',' || this.#at === start) this.#advance(1);
    }
  }

  #inlineTable(path: Path): void {
    this.#advance(1);
    for (;;) {
      this.#skipBlank();
      if (this.#at >= this.#text.length) return;
      if (this.#peek() === '}') return this.#advance(1);
      const start = this.#at;
      if (this.#peek() === ',') this.#advance(1);
      else this.#pair(path);
      if (this.#at === start) this.#advance(1);
    }
  }

  #quoted(): string {
    const rest = this.#text.slice(this.#at, this.#at + 3);
    if (rest === '"""' || rest === "'''") {
      const end = this.#text.indexOf(rest, this.#at + 3);
      return this.#take(end === -1 ? this.#text.length : end + 3);
    }
    return this.#matched(/"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?/y);
  }

  #skipSpace(): void {
    this.#matched(/[ \t]*/y);
  }

  #skipBlank(): void {
    this.#matched(/(?:[ \t\r\n]|#[^\n]*)*/y);
  }

  #matched(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return this.#take(this.#at + (pattern.exec(this.#text)?.[0].length ?? 0));
  }

  #take(end: number): string {
    const taken = this.#text.slice(this.#at, end);
    this.#advance(taken.length);
    return taken;
  }

  #advance(count: number): void {
    for (let i = 0; i < count && this.#at < this.#text.length; i += 1) {
      if (this.#text.charAt(this.#at) === '\n') {
        this.#line += 1;
        this.#lineStart = this.#at + 1;
      }
      this.#at += 1;
    }
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #place(): Place {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #note(path: Path, place: Place): void {
    const spelled = spellPath(path);
    if (!this.#places.has(spelled)) this.#places.set(spelled, place);
  }
}
