import { cleanForeignText } from '#trace/foreign-text.ts';

/** Text that is markup already: made by `html` only, so that whatever else reaches a page is escaped. */
export class Html {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  static of(strings: readonly string[], values: readonly HtmlValue[]): Html {
    return new Html(strings.map((part, index) => part + spell(values[index])).join(''));
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a page: text and numbers, which are escaped, markup, and lists of these; or nothing. */
export type HtmlValue = string | number | Html | readonly HtmlValue[] | undefined | null | false;

/** Markup with values in it. Attributes stand in double quotes, always. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return Html.of(strings, values);
}

/** Text that the browser sends back and nobody sees: as it is, so that it still names what it named. */
export function unseen(text: string): Html {
  return Html.of([escapeMarkup(text)], []);
}

function spell(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(spell).join('');
  return escape(String(value));
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Nothing that is shown is longer. */
const textBytesMax = 4096;

/** What is invisible or changes direction could make text look like other text, here as in a log (S-05). */
function escape(text: string): string {
  return escapeMarkup(cleanForeignText(text, textBytesMax));
}

function escapeMarkup(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');
}
