/** FNV-1a's prime of 32 bits (RFC 9923). */
const prime = 0x01_00_01_93;

/**
 * A hash of texts, for tables of which the keys are new strings at each look-up: a `Map` puts every one of them into V8's table of
 * strings first, which takes longer than the look-up. Who knows the seed can make texts that share a hash.
 * @returns 0 to 2³⁰ - 1, which V8 holds without an object
 */
export function textHasher(seed: number): (text: string) => number {
  return (text) => {
    let hash = seed;
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), prime);
    return (hash ^ (hash >>> 15)) >>> 2;
  };
}
