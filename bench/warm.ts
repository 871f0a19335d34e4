/**
 * A server runs for months: what it costs to get warm is not measured. The peers have filled their caches by then; V8 goes
 * on compiling, 2.5 ms of CPU a message at first, 2.0 after 10,000 and 1.6 after 30,000.
 */
const warmMessages = { peer: 10_000, ours: 30_000 } as const;
/** A short run, as of a test, stays short. */
const shortRun = 1_000;
const shortRunTimes = 2;

/** How often a load of so many messages goes in before one is measured: caches, indexes and code get warm. */
export function warmTimes(side: keyof typeof warmMessages, messages: number): number {
  const times = Math.ceil(warmMessages[side] / messages);
  return messages < shortRun ? Math.min(shortRunTimes, times) : times;
}
