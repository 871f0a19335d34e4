/** V8 goes on compiling for as many messages, and a server runs for months: what it costs to get warm is not measured. */
const warmMessages = 10_000;
/** A short run, as of a test, stays short. */
const timesMax = 2;

/** How often a load of so many messages goes in, on either side, before one is measured: caches, indexes and code get warm. */
export function warmTimes(messages: number): number {
  return Math.min(timesMax, Math.ceil(warmMessages / messages));
}
