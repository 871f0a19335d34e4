/** Breaks text at spaces into lines of at most `columns`; a longer word stands alone on a line of its own. */
export function wrapText(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** The same behind a label, all lines at one margin. */
export function hanging(label: string, text: string, columns: number): readonly string[] {
  const margin = ' '.repeat(label.length);
  return wrapText(text, columns - label.length).map((line, index) => (index === 0 ? label : margin) + line);
}
