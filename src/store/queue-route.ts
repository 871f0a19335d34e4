import type { Route } from './contract/queue.ts';

/** Recipients of one group share a lease: all local ones, or all of one remote domain. */
export function routeGroup(route: Route): string {
  return route.kind === 'local' ? 'local' : `remote ${route.domain}`;
}
