import type { Awaitable } from '#base/result.ts';
import type { Resolver } from '#platform/resolver.ts';
import type { ListUse } from './dns-list.ts';
import type { ListSaid, ListSubject } from './list-said.ts';

/** Asks the lists that are switched on for a use. */
export interface ListAsker {
  /** Whether any is: else nothing has to be found out for them. */
  isAsked(use: ListUse): boolean;
  /** Tests those of which nothing is known, so that it need not wait for what else is found out (P-28). */
  ready(use: ListUse): Awaitable<unknown>;
  /** @param resolver within the budget of the message */
  ask(use: ListUse, subjects: readonly ListSubject[], resolver: Resolver): Awaitable<readonly ListSaid[]>;
}
