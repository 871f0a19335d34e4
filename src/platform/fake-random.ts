import type { Random } from './random.ts';

/** Chance that comes again with the same seed (mulberry32); for tests and the simulation only. */
export function createFakeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    bytes(count) {
      const bytes = new Uint8Array(count);
      for (let i = 0; i < count; i += 1) bytes[i] = next() & 255;
      return bytes;
    },
    integer(max) {
      return Math.floor((next() / 0x1_0000_0000) * max);
    },
  };
}
