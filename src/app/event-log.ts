import type { DestinationStream } from 'pino';
import { destination } from 'pino';
import type { Clock } from '#platform/clock.ts';
import { formatEventJson } from '#trace/event-json.ts';
import { formatEventLine } from '#trace/event-line.ts';
import type { EventLevel } from '#trace/event-row.ts';
import type { Event, EventSink } from '#trace/events.ts';
import { eventTable } from '#trace/events.ts';

const order: readonly EventLevel[] = ['info', 'notice', 'warning', 'error'];

/** Events as lines on standard error: stable words, so that Fail2Ban and people can read them (S-05, I-81). */
export class EventLog implements EventSink {
  readonly #stream: DestinationStream & { flushSync(): void };
  readonly #clock: Clock;
  /** Settings come from the store, which opens after the log. */
  level: () => EventLevel = () => 'notice';
  format: () => 'text' | 'json' = () => 'text';
  /** Who else is told of each event that is logged. */
  also: ((event: Event, nowMs: number) => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#stream = destination({ fd: 2, sync: false });
  }

  emit(event: Event): void {
    if (order.indexOf(eventTable[event.name].level) < order.indexOf(this.level())) return;
    const nowMs = this.#clock.now();
    const line = this.format() === 'json' ? formatEventJson(event, nowMs) : formatEventLine(event, nowMs);
    this.#stream.write(`${line}\n`);
    this.also?.(event, nowMs);
  }

  /** Before the process ends. */
  flush(): void {
    try {
      this.#stream.flushSync();
    } catch {
      // Nobody reads standard error any more.
    }
  }
}
