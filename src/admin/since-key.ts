import { defaulted } from '#config/key.ts';
import type { Key } from '#config/key.ts';
import { duration } from '#config/kinds/duration.ts';

export const dayMs = 86_400_000;

/** How far back an operation looks, in milliseconds. */
export function sinceKey(range: {
  readonly minMs: number;
  readonly maxMs: number;
  readonly byDefaultMs: number;
  readonly requirements: readonly string[];
}): Key<number> {
  const { byDefaultMs, requirements } = range;
  return defaulted(duration(range), byDefaultMs, { meaning: 'How far back, as "7d".', requirements });
}
