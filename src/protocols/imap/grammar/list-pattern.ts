/**
 * Matches mailbox names against a LIST pattern (RFC 9051 §6.3.9): `*` is anything, `%` anything without `/`.
 * All positions that a name may have reached in the pattern are bits of words, moved on together character by
 * character: the cost is length of the name × (length of the pattern / 32), whatever the pattern (S-09).
 */
export function compileListPattern(pattern: string): (name: string) => boolean {
  const { literals, gaps } = split(pattern);
  const words = Math.ceil((literals.length + 1) / 32);
  const advance = masks(literals, words);
  const none = new Uint32Array(words);
  const stayAnywhere = gapMask(gaps, words, (gap) => gap === '*');
  const stayInLevel = gapMask(gaps, words, (gap) => gap !== '');
  const last = literals.length;
  return (name) => {
    let reached: Uint32Array = new Uint32Array(words);
    reached[0] = 1;
    for (const character of name) {
      const step = advance.get(character) ?? none;
      reached = move(reached, step, character === '/' ? stayAnywhere : stayInLevel);
    }
    return (((reached[last >>> 5] ?? 0) >>> (last & 31)) & 1) === 1;
  };
}

/** One character further: a bit advances where its literal is the character, and stays where a wildcard allows it. */
function move(reached: Uint32Array, step: Uint32Array, stay: Uint32Array): Uint32Array {
  const next = new Uint32Array(reached.length);
  let carry = 0;
  for (let i = 0; i < reached.length; i += 1) {
    const bits = reached[i] ?? 0;
    const moving = bits & (step[i] ?? 0);
    next[i] = (moving << 1) | carry | (bits & (stay[i] ?? 0));
    carry = moving >>> 31;
  }
  return next;
}

/** Literal characters, and the wildcard before each of them and behind the last; a run of wildcards is the widest of it. */
function split(pattern: string): { literals: string[]; gaps: string[] } {
  const literals: string[] = [];
  const gaps = [''];
  for (const character of pattern) {
    if (character === '*') gaps[literals.length] = '*';
    else if (character === '%') gaps[literals.length] ||= '%';
    else {
      literals.push(character);
      gaps.push('');
    }
  }
  return { literals, gaps };
}

function masks(literals: readonly string[], words: number): Map<string, Uint32Array> {
  const found = new Map<string, Uint32Array>();
  literals.forEach((character, position) => {
    const mask = found.get(character) ?? new Uint32Array(words);
    setBit(mask, position);
    found.set(character, mask);
  });
  return found;
}

function gapMask(gaps: readonly string[], words: number, belongs: (gap: string) => boolean): Uint32Array {
  const mask = new Uint32Array(words);
  gaps.forEach((gap, position) => {
    if (belongs(gap)) setBit(mask, position);
  });
  return mask;
}

function setBit(mask: Uint32Array, position: number): void {
  mask[position >>> 5] = (mask[position >>> 5] ?? 0) | (1 << (position & 31));
}
