import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { EventSink } from '#trace/events.ts';

/** What every part is given of the world outside. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventSink;
}

export function systemWorld(events: EventSink, clock: Clock = systemClock()): World {
  return { clock, random: systemRandom(), events };
}
