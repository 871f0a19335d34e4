import { makeRoom } from '#base/make-room.ts';
import type { AccountId, TraceId } from '#base/id.ts';
import type { TraceDelivery, TraceRecord } from '#trace/record.ts';
import { traceClass } from '#trace/trace-class.ts';
import type { TraceClass } from '#trace/trace-class.ts';

export interface WaitingTrace {
  readonly record: TraceRecord;
  readonly owner: AccountId | undefined;
}

/** Whose traces are let go first: anybody can make the first ones as fast as he likes, and only mail makes the last. */
const leastFirst: readonly TraceClass[] = ['security', 'refused', 'delivered'];

/** Traces that are not written yet. A flood of failed log-ins or refused mail pushes out no trace of mail. */
export class WaitingTraces {
  readonly #byClass: Readonly<Record<TraceClass, Map<TraceId, WaitingTrace>>> = {
    delivered: new Map(),
    refused: new Map(),
    security: new Map(),
  };

  get size(): number {
    return leastFirst.reduce((sum, name) => sum + this.#byClass[name].size, 0);
  }

  add(trace: WaitingTrace): void {
    this.#byClass[traceClass(trace.record)].set(trace.record.id, trace);
  }

  /** False: it does not wait here. */
  join(id: TraceId, deliveries: readonly TraceDelivery[]): boolean {
    for (const traces of Object.values(this.#byClass)) {
      const known = traces.get(id);
      if (known === undefined) continue;
      const { record, owner } = known;
      traces.set(id, { record: { ...record, deliveries: [...record.deliveries, ...deliveries] }, owner });
      return true;
    }
    return false;
  }

  /** All of them, by class; afterwards none waits. */
  takeAll(): readonly WaitingTrace[] {
    return this.takeOldest(0);
  }

  /** By class, all but the youngest `kept` of mail that is delivered: no other has deliveries that are still to join it. */
  takeOldest(kept: number): readonly WaitingTrace[] {
    return leastFirst.flatMap((name) => {
      const traces = this.#byClass[name];
      const left = name === 'delivered' ? kept : 0;
      const taken = [...traces.values().take(Math.max(0, traces.size - left))];
      for (const { record } of taken) traces.delete(record.id);
      return taken;
    });
  }

  /** Those that were taken before wait again, as the oldest. */
  putBack(taken: readonly WaitingTrace[]): void {
    for (const trace of [...taken, ...this.takeAll()]) this.add(trace);
  }

  /** Lets the oldest of the least class go until so many are left; returns how many went. */
  bound(max: number): number {
    const before = this.size;
    for (const name of leastFirst) {
      const traces = this.#byClass[name];
      while (traces.size > 0 && this.size > max) makeRoom(traces, traces.size);
    }
    return before - this.size;
  }
}
