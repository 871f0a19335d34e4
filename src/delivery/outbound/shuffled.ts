import type { Random } from '#platform/random.ts';

/** The same items in an order by chance (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const drawn: T[] = [];
  const left = [...items];
  while (left.length > 0) drawn.push(...left.splice(random.integer(left.length), 1));
  return drawn;
}
