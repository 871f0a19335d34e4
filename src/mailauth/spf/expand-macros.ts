import type { Macro, MacroLetter, MacroString } from './macro-string.ts';

/** What each letter stands for; undefined where it cannot be used, and then nothing that holds it matches. */
export type MacroValues = (letter: MacroLetter) => string | undefined;

/** The text that a macro-string stands for (RFC 7208 §7.3); undefined when one of its values cannot be used. */
export function expandMacros(macros: MacroString, values: MacroValues): string | undefined {
  let text = '';
  for (const token of macros) {
    const piece = typeof token === 'string' ? token : expandMacro(token, values);
    if (piece === undefined) return undefined;
    text += piece;
  }
  return text;
}

/** Whether one of the letters occurs. */
export function holdsMacro(macros: MacroString, letters: string): boolean {
  return macros.some((token) => typeof token !== 'string' && letters.includes(token.letter));
}

function expandMacro(macro: Macro, values: MacroValues): string | undefined {
  const value = values(macro.letter);
  if (value === undefined) return undefined;
  const transformed = transform(value, macro);
  return macro.escaped ? escapeForUrl(transformed) : transformed;
}

/** RFC 7208 §7.3: split, reverse, keep the right-hand parts, join with dots. */
function transform(value: string, { partsKept, reversed, delimiters }: Macro): string {
  const parts = splitAt(value, delimiters);
  if (reversed) parts.reverse();
  return (partsKept === undefined ? parts : parts.slice(-partsKept)).join('.');
}

function splitAt(value: string, delimiters: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < value.length; at += 1) {
    if (!delimiters.includes(value.charAt(at))) continue;
    parts.push(value.slice(start, at));
    start = at + 1;
  }
  return [...parts, value.slice(start)];
}

/** Everything but the `unreserved` of RFC 3986 §2.3. */
function escapeForUrl(value: string): string {
  let text = '';
  for (const octet of Buffer.from(value)) {
    const character = String.fromCharCode(octet);
    text += /[A-Za-z0-9._~-]/.test(character)
      ? character
      : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}
