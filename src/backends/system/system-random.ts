import { randomFillSync, randomInt } from 'node:crypto';
import type { Random } from '#platform/random.ts';

/** One call to the generator serves many small requests: records take 16 bytes each. */
const poolBytes = 4096;

/** Chance from the operating system's generator. */
export function systemRandom(): Random {
  const pool = new Uint8Array(poolBytes);
  let used = poolBytes;
  return {
    bytes(count) {
      if (count > poolBytes / 4) return randomFillSync(new Uint8Array(count));
      if (used + count > poolBytes) {
        randomFillSync(pool);
        used = 0;
      }
      const bytes = pool.slice(used, used + count);
      pool.fill(0, used, used + count);
      used += count;
      return bytes;
    },
    integer: (max) => randomInt(max),
  };
}
