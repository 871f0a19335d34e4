import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';

/** S-09: what is read of one document. */
export const xmlBounds = {
  bytesMax: 16 * 1024 * 1024,
  depthMax: 16,
  elementsMax: 300_000,
  attributesMax: 32,
  nameCharactersMax: 100,
} as const;

/** An element by its local name: whatever prefix and namespace it has, and without its attributes. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Its own characters, trimmed. */
  readonly text: string;
}

/**
 * The part of XML 1.0 that reports are written in. A document type is refused, so that there are no entities but the five and
 * no references to elsewhere; comments and processing instructions are passed over. Never throws.
 */
export function readXml(bytes: Uint8Array): Result<XmlElement, string> {
  if (bytes.byteLength > xmlBounds.bytesMax)
    return err(`the document is larger than ${xmlBounds.bytesMax} octets`);
  try {
    return ok(new XmlReader(decode(bytes)).read());
  } catch (error) {
    if (error instanceof XmlError) return err(error.message);
    throw error;
  }
}

class XmlError extends Error {}

interface OpenElement {
  readonly qualified: string;
  readonly children: XmlElement[];
  readonly texts: string[];
}

const nameStart = /[A-Za-z_\u00c0-\ufffd]/;
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

class XmlReader {
  readonly #text: string;
  #at = 0;
  #elements = 0;
  readonly #open: OpenElement[] = [];
  readonly #nameEnd = /[\s/>=<'"&]/g;
  #root: XmlElement | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  read(): XmlElement {
    while (this.#at < this.#text.length) {
      const tag = this.#text.indexOf('<', this.#at);
      this.#characters(this.#text.slice(this.#at, tag < 0 ? this.#text.length : tag));
      if (tag < 0) break;
      this.#at = tag;
      this.#markup();
    }
    if (this.#open.length > 0) return this.#fail(`<${this.#open.at(-1)?.qualified ?? ''}> is not closed`);
    return this.#root ?? this.#fail('there is no element');
  }

  #markup(): void {
    const startsWith = (mark: string): boolean => this.#text.startsWith(mark, this.#at);
    if (startsWith('<?')) this.#skip('<?', '?>');
    else if (startsWith('<!--')) this.#skip('<!--', '-->');
    else if (startsWith('<![CDATA[')) this.#cdata();
    else if (startsWith('<!')) this.#fail('a document type is not read');
    else if (startsWith('</')) this.#close();
    else this.#begin();
  }

  /** What stands between the marks; goes on behind them. */
  #skip(from: string, to: string): string {
    const start = this.#at + from.length;
    const end = this.#text.indexOf(to, start);
    if (end < 0) return this.#fail(`${from} has no end`);
    this.#at = end + to.length;
    return this.#text.slice(start, end);
  }

  #cdata(): void {
    const open = this.#open.at(-1) ?? this.#fail('text stands outside of all elements');
    open.texts.push(this.#skip('<![CDATA[', ']]>'));
  }

  #characters(raw: string): void {
    if (raw === '') return;
    const open = this.#open.at(-1);
    if (open !== undefined) open.texts.push(this.#unescaped(raw));
    else if (raw.trim() !== '') this.#fail('text stands outside of all elements');
  }

  #begin(): void {
    this.#at += 1;
    const qualified = this.#name();
    if (this.#root !== undefined) this.#fail('there is more than one outermost element');
    this.#elements += 1;
    if (this.#elements > xmlBounds.elementsMax) this.#fail('there are too many elements');
    if (this.#open.length >= xmlBounds.depthMax) this.#fail('elements are nested too deeply');
    this.#attributes();
    this.#open.push({ qualified, children: [], texts: [] });
    const isEmpty = this.#text[this.#at] === '/';
    this.#at += isEmpty ? 1 : 0;
    this.#expect('>');
    if (isEmpty) this.#finish();
  }

  /** Well formed, and passed over. */
  #attributes(): void {
    const names = new Set<string>();
    for (;;) {
      const spaced = this.#spaces();
      const next = this.#text[this.#at];
      if (next === '>' || next === '/' || next === undefined) return;
      if (!spaced) this.#fail('an attribute does not stand apart');
      const name = this.#name();
      if (names.has(name) || names.size >= xmlBounds.attributesMax)
        this.#fail('an attribute stands twice, or there are too many');
      names.add(name);
      this.#spaces();
      this.#expect('=');
      this.#spaces();
      const quote = this.#text[this.#at];
      if (quote !== '"' && quote !== "'") this.#fail('the value of an attribute has no quotes');
      const value = this.#skip(quote ?? '', quote ?? '');
      if (value.includes('<')) this.#fail('the value of an attribute holds a tag');
      this.#unescaped(value);
    }
  }

  #close(): void {
    this.#at += 2;
    const name = this.#name();
    this.#spaces();
    this.#expect('>');
    if (this.#open.at(-1)?.qualified !== name) this.#fail(`</${name}> closes nothing`);
    this.#finish();
  }

  #finish(): void {
    const open = this.#open.pop();
    if (open === undefined) return;
    const { qualified, children, texts } = open;
    const name = qualified.slice(qualified.indexOf(':') + 1);
    const element = { name, children, text: texts.join('').trim() };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }

  #name(): string {
    this.#nameEnd.lastIndex = this.#at;
    const end = this.#nameEnd.exec(this.#text)?.index ?? this.#text.length;
    const name = this.#text.slice(this.#at, Math.min(end, this.#at + xmlBounds.nameCharactersMax + 1));
    if (name.length > xmlBounds.nameCharactersMax) return this.#fail('a name is too long');
    if (!nameStart.test(name.charAt(0))) return this.#fail('a tag has no name');
    this.#at = end;
    return name;
  }

  #spaces(): boolean {
    const from = this.#at;
    while (' \t\r\n'.includes(this.#text[this.#at] ?? '-')) this.#at += 1;
    return this.#at > from;
  }

  #expect(mark: string): void {
    if (this.#text[this.#at] !== mark) this.#fail(`"${mark}" is missing`);
    this.#at += 1;
  }

  #unescaped(raw: string): string {
    if (!raw.includes('&')) return raw;
    return raw.replaceAll(/&([^;&]{0,10});?/g, (whole, name: string) => {
      const character = whole.endsWith(';') ? characterOf(name) : undefined;
      return character ?? this.#fail('an entity is none of the five');
    });
  }

  #fail(what: string): never {
    throw new XmlError(`${what} (at character ${this.#at})`);
  }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function characterOf(name: string): string | undefined {
  if (!name.startsWith('#')) return Object.hasOwn(entities, name) ? entities[name] : undefined;
  const code = /^#x[\da-f]{1,6}$/i.test(name)
    ? Number.parseInt(name.slice(2), 16)
    : /^#\d{1,7}$/.test(name)
      ? Number(name.slice(1))
      : 0;
  if (code === 0 || code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  const character = String.fromCodePoint(code);
  return forbidden.test(character) ? undefined : character;
}

/** As it declares itself; nobody writes reports in anything else. */
const charsets: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  'iso-8859-1': 'latin1',
  'windows-1252': 'windows-1252',
};

function decode(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(200, bytes.byteLength)).toString(
    'latin1',
  );
  const declared = /^(?:\u00ef\u00bb\u00bf)?<\?xml[^>]*?encoding\s*=\s*["']([\w.-]{1,30})["']/.exec(
    head,
  )?.[1];
  const charset = charsets[(declared ?? 'utf-8').toLowerCase()];
  if (charset === undefined) throw new XmlError('it is written in a character set that is not read');
  const text = decodeAs(bytes, charset);
  if (forbidden.test(text)) throw new XmlError('it holds characters that XML does not have');
  return text;
}

function decodeAs(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    throw new XmlError('its octets are not those of its character set');
  }
}
