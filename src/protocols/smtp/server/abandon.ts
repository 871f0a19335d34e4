import type { Awaitable } from '#base/result.ts';
import type { State } from './state.ts';

/** Ends the transaction of a state, if it has one: nothing of it remains but its trace. */
export function abandon(state: State, reason: string): Awaitable<void> {
  if ('transaction' in state) return state.transaction.abandon(reason);
  return state.kind === 'unwanted-chunk' ? abandon(state.after, reason) : undefined;
}
