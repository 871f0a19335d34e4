import type { Result } from '#base/result.ts';
import { ok } from '#base/result.ts';
import { defaulted, optional } from '#config/key.ts';
import { integer } from '#config/kinds/integer.ts';
import { string } from '#config/kinds/string.ts';
import type { Page } from '#store/contract/page.ts';
import { pageItemsMax } from '#store/contract/page.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { AdminError } from './errors.ts';
import { failed } from './trouble-error.ts';

/** `--limit` and `--cursor` of every list. */
export const pageKeys = {
  limit: defaulted(integer({ min: 1, max: pageItemsMax }), 100, { meaning: 'How many at most.' }),
  cursor: optional(string(), { meaning: 'Go on after this: `next` of the page before.' }),
};

/** A list as CONTRACTS §1 writes it. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export function listing<T, U>(
  page: Result<Page<T>, Trouble>,
  show: (item: T) => U,
): Result<Listing<U>, AdminError> {
  if (!page.ok) return failed(page.error, { where: 'cursor' });
  return ok({ items: page.value.items.map(show), next: page.value.next ?? null });
}

/** The lines of a list, with the way to the next page. */
export function showListing<T>(
  list: Listing<T>,
  nothing: string,
  lines: readonly string[],
): readonly string[] {
  if (list.items.length === 0) return [nothing];
  return list.next === null ? lines : [...lines, `More: --cursor ${list.next}`];
}
