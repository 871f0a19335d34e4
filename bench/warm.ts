/** This server, and whoever it is compared with. */
export const sides = ['ours', 'peer'] as const;
export type Side = (typeof sides)[number];

/**
 * A server runs for months: what it costs to get warm is not measured. Peers have processes and caches by then; V8 goes on
 * compiling, 2.5 ms of CPU a message at first, 2.0 after 10,000 and 1.6 after 30,000.
 */
const warmMessages: Readonly<Record<Side, number>> = { peer: 10_000, ours: 30_000 };
/** A run with fewer messages, as of a test, stays short. */
const fullRunMin = 1_000;
const shortRunTimes = 2;

/** Repeats a load of so many messages until caches, indexes and code are warm. */
export async function warm(side: Side, messages: number, load: () => Promise<unknown>): Promise<void> {
  const times = Math.ceil(warmMessages[side] / messages);
  const count = messages < fullRunMin ? Math.min(shortRunTimes, times) : times;
  for (let time = 0; time < count; time += 1) await load();
}
