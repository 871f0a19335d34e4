import type { Clock } from '#platform/clock.ts';
import type { Random } from '#platform/random.ts';
import type { Lease, Queue } from '#store/contract/queue.ts';
import type { LocalDelivery } from '#delivery/local/local-delivery.ts';
import type { RemoteDelivery } from '#delivery/outbound/remote-delivery.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import type { EventSink } from '#trace/events.ts';
import { watchClock } from './clock-watch.ts';
import { HeldLeases, bodyBytesOf, remoteDestination } from './held-leases.ts';
import { Lanes } from './lanes.ts';
import { queueLimits } from './queue-limits.ts';
import type { QueueLimits } from './queue-limits.ts';
import { bringNear } from './bring-near.ts';

/**
 * Sees to it that what the queue holds is worked on: at once when it was just accepted (`dispatch`), else when it
 * is due. The queue alone knows what there is to do; this holds only leases, and forgetting one merely delays it.
 */
export interface QueueRunner {
  /** Takes over leases granted with `queue.add`; returns at once. */
  dispatch(leases: readonly Lease[]): void;
  start(): void;
  /** Something may be due now. */
  wake(): void;
  /** A person wants it tried now (`queue retry`). */
  retry(): void;
  /** Takes nothing new, lets what runs go on for at most `drainMs`, then ends it. */
  stop(drainMs: number): Promise<void>;
}

export interface QueueRunnerParts {
  readonly queue: Queue;
  readonly local: LocalDelivery;
  readonly outbound: RemoteDelivery;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventSink;
  /** Names this process in its leases. */
  readonly owner: string;
  readonly limits?: QueueLimits;
}

export function createQueueRunner(parts: QueueRunnerParts): QueueRunner {
  return new Runner(parts);
}

class Runner implements QueueRunner {
  readonly #parts: QueueRunnerParts;
  readonly #limits: QueueLimits;
  readonly #held = new HeldLeases();
  readonly #lanes: Lanes<Lease>;
  readonly #clockJump: () => number;
  readonly #ending = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #rest = new AbortController();
  #stopping = false;
  #loop: Promise<void> | undefined;

  constructor(parts: QueueRunnerParts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? queueLimits;
    this.#clockJump = watchClock(parts.clock);
    const lanes = {
      activeMax: this.#limits.remoteActiveMax,
      perLaneActiveMax: this.#limits.perDestinationActiveMax,
      waitingMax: this.#limits.leasesHeldMax,
      waitingBytesMax: this.#limits.bodyBytesHeldMax,
      perLaneWaitingMin: this.#limits.perDestinationWaitingMin,
    };
    this.#lanes = new Lanes(lanes, parts.clock, (_name, lease) => this.#deliverRemote(lease));
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  wake(): void {
    this.#rest.abort('wake');
  }

  retry(): void {
    this.#parts.outbound.insist();
    this.wake();
  }

  dispatch(leases: readonly Lease[]): void {
    if (this.#stopping) return;
    const local: Lease[] = [];
    for (const lease of leases) {
      const destination = remoteDestination(lease);
      const taken = this.#room() > 0 ? this.#held.take(lease) : 'busy';
      if (taken === 'busy') this.#handBack(lease);
      else if (taken === 'started' && destination === undefined) local.push(lease);
      else if (taken === 'started' && destination !== undefined) this.#offer(destination, lease);
    }
    if (local.length > 0) this.#track(this.#guarded(local, () => this.#parts.local.deliver(local)));
  }

  async stop(drainMs: number): Promise<void> {
    this.#stopping = true;
    this.wake();
    for (const lease of this.#lanes.clear()) this.#held.release(lease);
    const drained = Promise.all(this.#running).then(() => this.#parts.local.flush());
    await Promise.race([drained, this.#parts.clock.sleep(drainMs, this.#ending.signal)]);
    this.#ending.abort();
    await this.#loop;
    await Promise.all(this.#running);
    await this.#parts.outbound.close();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#rest = new AbortController();
      try {
        await this.#round();
      } catch (fault) {
        this.#bug(fault);
        await this.#parts.clock.sleep(this.#limits.troubleRestMs, this.#rest.signal);
      }
    }
  }

  async #round(): Promise<void> {
    await this.#seeClock();
    const more = await this.#takeDue();
    if (!more && !this.#stopping) await this.#wait();
  }

  /** Leases one batch; true: there may be more that there is room for. */
  async #takeDue(): Promise<boolean> {
    const count = Math.min(this.#limits.leasesPerBatch, this.#room());
    if (count <= 0) return false;
    const nowMs = this.#parts.clock.now();
    const until = nowMs + this.#limits.leaseMs;
    const leases = await this.#parts.queue.lease(nowMs, count, this.#parts.owner, until);
    if (!leases.ok) {
      this.#tell('queue.lease', leases.error);
      await this.#parts.clock.sleep(this.#limits.troubleRestMs, this.#rest.signal);
      return false;
    }
    this.dispatch(leases.value);
    return leases.value.length >= count;
  }

  #room(): number {
    if (this.#held.bodyBytes >= this.#limits.bodyBytesHeldMax) return 0;
    return this.#limits.leasesHeldMax - this.#held.count;
  }

  async #wait(): Promise<void> {
    const { restMsMin, restMsMax } = this.#limits;
    const due = await this.#parts.queue.nextDue();
    const dueMs = due.ok ? due.value : undefined;
    const inMs = dueMs === undefined || this.#room() <= 0 ? restMsMax : dueMs - this.#parts.clock.now();
    await this.#parts.clock.sleep(Math.min(restMsMax, Math.max(restMsMin, inMs)), this.#rest.signal);
  }

  async #seeClock(): Promise<void> {
    const byMs = this.#clockJump();
    if (byMs === 0) return;
    this.#parts.events.emit({ name: 'clock-jumped', byMs });
    if (byMs > 0) return;
    const trouble = await bringNear(this.#parts.queue, this.#parts.clock.now());
    if (trouble !== undefined) this.#tell('queue.change', trouble);
  }

  #offer(destination: string, lease: Lease): void {
    if (this.#lanes.offer(destination, lease, bodyBytesOf(lease))) return;
    this.#held.release(lease);
    this.#handBack(lease);
  }

  /** Gives a lease back that finds no place now; until it is settled the queue keeps it for us. */
  #handBack(lease: Lease): void {
    const { clock, queue, events } = this.#parts;
    events.emit({
      name: 'delivery-crowded',
      queue: lease.entry.id,
      destination: remoteDestination(lease) ?? 'local',
    });
    const atMs = clock.now();
    const dueMs = atMs + this.#backInMs(lease);
    const reply = 'waits for its turn: much other mail is under way';
    const attempt = { atMs, host: undefined, address: undefined, tls: undefined, reply, inDoubt: false };
    const outcome = { kind: 'retry', atMs: dueMs, attempt } as const;
    const settle = async (): Promise<void> => {
      const settled = await queue.settle([{ lease, recipients: lease.recipients, outcome }]);
      if (!settled.ok) this.#tell('queue.settle', settled.error);
    };
    this.#track(this.#guarded([], settle));
  }

  #backInMs(lease: Lease): number {
    const { handBackMs, turnMsMin, turnMsMax } = this.#limits;
    const destination = remoteDestination(lease);
    const turnMs = destination === undefined ? undefined : this.#lanes.turnInMs(destination);
    if (turnMs !== undefined) return Math.round(Math.min(turnMsMax, Math.max(turnMsMin, turnMs)));
    return handBackMs + this.#parts.random.integer(handBackMs);
  }

  #deliverRemote(lease: Lease): Promise<void> {
    const done = this.#guarded([lease], () => this.#attempt(lease));
    this.#track(done);
    return done;
  }

  async #attempt(lease: Lease): Promise<void> {
    const leftMs = this.#held.current(lease).untilMs - this.#parts.clock.now() - this.#limits.leaseMarginMs;
    // Waited too long for a place: the lease runs out by itself and the queue grants a new one.
    if (leftMs <= 0 || this.#ending.signal.aborted) return;
    const over = new AbortController();
    const timer = new AbortController();
    const end = (): void => over.abort('over');
    this.#ending.signal.addEventListener('abort', end, { once: true });
    const deadline = this.#parts.clock
      .sleep(Math.min(leftMs, this.#limits.attemptMs), timer.signal)
      .then(end);
    try {
      const job = { lease, current: () => this.#held.current(lease) };
      await this.#parts.outbound.deliver(job, over.signal);
    } finally {
      this.#ending.signal.removeEventListener('abort', end);
      timer.abort('done');
      await deadline;
    }
  }

  /** Runs work on leases, lets go of them afterwards, and never rejects: our own bugs are caught here once. */
  async #guarded(leases: readonly Lease[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (fault) {
      this.#bug(fault);
    } finally {
      const wasFull = this.#room() <= 0;
      for (const lease of leases) this.#held.release(lease);
      if (wasFull) this.wake();
    }
  }

  /** Of work that never rejects. */
  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.then(() => this.#running.delete(work));
  }

  #tell(what: string, trouble: Trouble): void {
    const detail = 'detail' in trouble ? trouble.detail : 'what' in trouble ? trouble.what : '';
    this.#parts.events.emit({ name: 'store-trouble', code: trouble.code, what, detail });
  }

  #bug(fault: unknown): void {
    const detail = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
    this.#parts.events.emit({ name: 'session-bug', listener: 'queue runner', detail });
  }
}
