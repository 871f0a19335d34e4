import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#platform/clock.ts';

/** The machine's clocks. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    async sleep(ms, signal) {
      await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    },
  };
}
