import type { Attempt, Done, Tell } from './mark.ts';

/** Marks what is tried, does it, and marks what came of it. */
export type Trying = <T>(attempt: Attempt, work: () => Promise<T>, done?: (value: T) => Done) => Promise<T>;

export function createTrying(tell: Tell): Trying {
  let attempts = 0;
  return async (attempt, work, done = () => ({})) => {
    attempts += 1;
    const n = attempts;
    tell({ t: 'try', n, attempt });
    const value = await work();
    tell({ t: 'done', n, done: done(value) });
    return value;
  };
}
