/** S-09: no line of such a file is longer; what is, is no entry. */
const lineCharsMax = 4_096;

/** The lines of a file, one piece at a time; white space at their ends is taken off. */
export async function* fileLines(pieces: AsyncIterable<Uint8Array>): AsyncIterable<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = (lines.pop() ?? '').slice(0, lineCharsMax + 1);
    yield lines.filter((line) => line.length <= lineCharsMax).map((line) => line.trim());
  }
  if (rest !== '' && rest.length <= lineCharsMax) yield [rest.trim()];
}
