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
  let reached = new Uint32Array(words);
  let next = new Uint32Array(words);
  return (name) => {
    reached.fill(0);
    reached[0] = 1;
    for (const character of name) {
      const stay = character === '/' ? stayAnywhere : stayInLevel;
      if (!move({ reached, next, step: advance.get(character) ?? none, stay })) return false;
      [reached, next] = [next, reached];
    }
    return (((reached[last >>> 5] ?? 0) >>> (last & 31)) & 1) === 1;
  };
}

/**
 * One character further: a bit advances where its literal is the character, and stays where a wildcard allows it.
 * `false`: no position is left.
 */
function move(at: Record<'reached' | 'next' | 'step' | 'stay', Uint32Array>): boolean {
  let carry = 0;
  let any = 0;
  for (let i = 0; i < at.reached.length; i += 1) {
    const bits = at.reached[i] ?? 0;
    const moving = bits & (at.step[i] ?? 0);
    const moved = (moving << 1) | carry | (bits & (at.stay[i] ?? 0));
    at.next[i] = moved;
    any |= moved;
    carry = moving >>> 31;
  }
  return any !== 0;
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
