import type { Resolver } from '#platform/resolver.ts';
import type { ListZone } from '../list-files/list-files.ts';

/** Where a list is asked. */
export interface ListSource {
  /** Kept here as files; nobody is asked. */
  readonly zone: ListZone | undefined;
  /** Whom tests of the list ask; nobody's message. Puts keys in. */
  readonly resolver: Resolver;
  /** A resolver of its own (I-33). */
  readonly isOwn: boolean;
  /** Public resolvers that keep it from being asked; none when it may be (P-22). */
  readonly keptBy: readonly string[];
}
