/** Runs the work for all items, at most `size` at once, one portion after the other. */
export async function inPortions<T>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const [only] = items;
  // Most messages have one recipient.
  if (only !== undefined && items.length === 1) return work(only);
  for (let from = 0; from < items.length; from += size) {
    await Promise.all(items.slice(from, from + size).map(work));
  }
}
