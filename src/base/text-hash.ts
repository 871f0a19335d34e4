/** That of FNV-1a (RFC 9923). */
const prime = 0x01_00_01_93;

/**
 * A hash of texts, for tables of which the keys are new strings at each look-up: a `Map` puts every one of them into V8's table of
 * strings first, which takes longer than the look-up. Each step folds the upper bits down, so that which texts share a hash
 * hangs on the whole seed; yet whoever wants to will find some, and a table bounds how many of them it keeps.
 * @returns 0 to 2³⁰ - 1, which V8 holds without an object
 */
export function textHasher(seed: number): (text: string) => number {
  return (text) => {
    let hash = seed;
    for (let at = 0; at < text.length; at += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(at), prime);
      hash ^= hash >>> 15;
    }
    return hash >>> 2;
  };
}
