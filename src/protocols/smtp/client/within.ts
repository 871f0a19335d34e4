import type { Clock } from '#platform/clock.ts';

/** Does work under a signal that aborts after `ms`, or with the outer one. */
export async function within<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const done = new AbortController();
  const end = (): void => over.abort('out of time');
  if (outer.aborted) end();
  outer.addEventListener('abort', end, { once: true });
  void clock.sleep(ms, done.signal).then(end);
  try {
    return await work(over.signal);
  } finally {
    outer.removeEventListener('abort', end);
    // With a reason of our own: else each costs an error with its stack.
    done.abort('done');
  }
}
