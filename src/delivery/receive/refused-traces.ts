import { clientNetwork } from '#identity/client-network.ts';
import type { TraceId } from '#base/id.ts';
import type { Clock } from '#platform/clock.ts';
import type { EventSink } from '#trace/events.ts';

/** Traces of refused attempts that one network leaves with one check in one minute (S-09). */
export const refusedTracesMax = 60;
/** Networks and checks that are told apart in one minute (S-09); the rest counts as one. */
export const refusedSourcesMax = 10_000;

const windowMs = 60_000;
const rest = 'others';

interface Source {
  readonly client: string;
  readonly check: string;
  traces: number;
  /** The trace that stands for all that come after it. */
  last: TraceId;
  notKept: number;
}

/**
 * Bounds how many traces refused attempts leave: the disk is not an attacker's to fill. In each minute of the monotonic
 * clock the first `refusedTracesMax` of a network (/24, /64) and check have their own; the last of these stands for those
 * that follow, and `refusals-not-kept` counts them once the minute is over and the next attempt comes.
 */
export class RefusedTraces {
  readonly #clock: Clock;
  readonly #events: EventSink;
  readonly #sources = new Map<string, Source>();
  #untilMs = 0;

  constructor({ clock, events }: { readonly clock: Clock; readonly events: EventSink }) {
    this.#clock = clock;
    this.#events = events;
  }

  /** The id under which this attempt is found: its own, when its trace is to be kept, or an earlier one's. */
  admit({ client, check }: { readonly client: string; readonly check: string }, own: TraceId): TraceId {
    this.#turn();
    const key = `${check} ${clientNetwork(client)}`;
    const isApart = this.#sources.has(key) || this.#sources.size < refusedSourcesMax;
    const name = isApart ? key : rest;
    const source = this.#sources.get(name) ?? { client, check, traces: 0, last: own, notKept: 0 };
    this.#sources.set(name, source);
    if (source.traces >= refusedTracesMax) {
      source.notKept += 1;
      return source.last;
    }
    source.traces += 1;
    source.last = own;
    return own;
  }

  #turn(): void {
    const nowMs = this.#clock.monotonic();
    if (nowMs < this.#untilMs) return;
    this.#untilMs = nowMs + windowMs;
    for (const { client, check, notKept: attempts, last: trace } of this.#sources.values())
      if (attempts > 0) this.#events.emit({ name: 'refusals-not-kept', client, check, attempts, trace });
    this.#sources.clear();
  }
}
