import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** The screen of a judgement in colours: its verdict, its headings, and the mark before each finding. */
export function paintJudgement(line: string): string {
  for (const [pattern, style] of looks) {
    const found = pattern.exec(line)?.[0];
    // The stream was looked at by who asks for colours.
    if (found !== undefined)
      return styleText(style, found, { validateStream: false }) + line.slice(found.length);
  }
  return line;
}

const looks: readonly (readonly [RegExp, Style])[] = [
  [/^INBOX {3}/, ['bold', 'green']],
  [/^(JUNK {4}|PUT OFF )/, ['bold', 'yellow']],
  [/^(REFUSED|DROPPED) /, ['bold', 'red']],
  [/^What .*$/, 'bold'],
  [/^ {2}ok /, 'green'],
  [/^ {2}!! /, 'red'],
  [/^ {2}\?\? /, 'yellow'],
];
