import type { Page } from './contract/page.ts';
import { pageItemsMax } from './contract/page.ts';

/** How many items a page may have: what was asked for, within bounds. */
export function pageLimit(limit: number): number {
  return Math.max(1, Math.min(limit, pageItemsMax));
}

/** A page of ordered items that begins after the cursor; the cursor is the key of the last item seen. */
export function pageAfter<T>(
  ordered: readonly T[],
  keyOf: (item: T) => string,
  { cursor, limit }: { readonly cursor: string | undefined; readonly limit: number },
): Page<T> {
  const after = cursor === undefined ? ordered : ordered.filter((item) => keyOf(item) > cursor);
  const items = after.slice(0, pageLimit(limit));
  const last = items.at(-1);
  return { items, next: items.length < after.length && last !== undefined ? keyOf(last) : undefined };
}
