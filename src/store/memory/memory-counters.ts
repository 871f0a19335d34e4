import { ok } from '#base/result.ts';
import type { Counters } from '../contract/store.ts';
import { addToWindow, sumOfWindow } from '../sliding-window.ts';
import type { SlidingWindow } from '../sliding-window.ts';

export function createMemoryCounters(): Counters {
  const windows = new Map<string, SlidingWindow>();
  return {
    async add(key, amount, windowMs, nowMs) {
      const window = addToWindow(windows.get(key), { amount, windowMs, nowMs });
      windows.set(key, window);
      return ok(sumOfWindow(window, nowMs));
    },
    read: async (keys, nowMs) => ok(keys.map((key) => sumOfWindow(windows.get(key), nowMs))),
  };
}
