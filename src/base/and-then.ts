import type { Awaitable } from './result.ts';

/** Goes on with a value at once where it is there, and only else through a promise: the fast path stays synchronous. */
export function andThen<T, U>(value: Awaitable<T>, then: (value: T) => Awaitable<U>): Awaitable<U> {
  return value instanceof Promise ? value.then(then) : then(value);
}
