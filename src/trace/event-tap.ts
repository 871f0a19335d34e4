import type { Event, EventSink } from './events.ts';

/** Hands events on, and lets others watch them: what they conclude comes as events of its own. */
export class EventTap implements EventSink {
  readonly #inner: EventSink;
  readonly #watchers: ((event: Event) => void)[] = [];

  constructor(inner: EventSink) {
    this.#inner = inner;
  }

  emit(event: Event): void {
    this.#inner.emit(event);
    for (const watch of this.#watchers) watch(event);
  }

  /** @param watch never throws and never waits */
  watch(watch: (event: Event) => void): void {
    this.#watchers.push(watch);
  }
}
