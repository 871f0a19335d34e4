import type { Clock } from '#platform/clock.ts';

/** What a timer of Node can wait; more would wake at once. */
const timerMsMax = 2 ** 31 - 1;

/** The machine's clocks. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    alarm(ms, ring) {
      const timer = setTimeout(ring, Math.min(ms, timerMsMax));
      return () => clearTimeout(timer);
    },
    // Not the sleep of node:timers/promises: each one called off costs it an error with its stack.
    sleep(ms, signal) {
      if (signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(ms, timerMsMax));
        signal?.addEventListener('abort', done, { once: true });
      });
    },
  };
}
