import type { Awaitable } from './result.ts';

/**
 * Work that waits only where what it needs is not there yet: an async function written as a generator, `yield* now(…)`
 * in the place of `await` and `yield*` where it calls another. Most questions are answered from memory, and a promise for
 * each would cost more than the work.
 */
export type Steps<T> = Generator<Promise<unknown>, T, unknown>;

/** What is there comes at once; what is not is waited for. */
export function* now<T>(value: Awaitable<T>): Steps<T> {
  return value instanceof Promise ? ((yield value) as T) : value;
}

/** Goes through all steps, at once up to the first that has to wait. */
export function walk<T>(steps: Steps<T>): Awaitable<T> {
  const first = steps.next();
  return first.done === true ? first.value : walkOn(steps, first.value);
}

async function walkOn<T>(steps: Steps<T>, waited: Promise<unknown>): Promise<T> {
  let step: IteratorResult<Promise<unknown>, T> = { done: false, value: waited };
  while (step.done !== true) step = await resume(steps, step.value);
  return step.value;
}

/** What was waited for goes on as it came: a rejection is thrown where it was waited for. */
async function resume<T>(
  steps: Steps<T>,
  waited: Promise<unknown>,
): Promise<IteratorResult<Promise<unknown>, T>> {
  let came: unknown;
  try {
    came = await waited;
  } catch (error) {
    return steps.throw(error);
  }
  return steps.next(came);
}
