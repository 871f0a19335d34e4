/** Fewer connections than this say nothing about the next day. */
const seenMin = 200;
/** Room above the usual, and above the highest of all. */
const overP99 = 4;
const overPeak = 2;
const least = 10;

/** A limit that would not have been met by what was seen, with room, in a round number; `undefined`: too little was seen. */
export function proposedLimit(seen: {
  readonly count: number;
  readonly peak: number;
  readonly p99: number;
}): number | undefined {
  if (seen.count < seenMin) return undefined;
  return roundUp(Math.max(least, seen.peak * overPeak, seen.p99 * overP99));
}

/** To the next of 1, 2, 3, 5, 7 and 10, times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 3, 5, 7, 10].find((row) => row * power >= value) ?? 10;
  return step * power;
}
