import { Worker } from 'node:worker_threads';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { EngineTrouble, OptionalEngine } from '#platform/engine.ts';

/** Requests under way at once; who comes then is told that it is busy. */
const underWayMax = 64;
/** So often it is looked for what is late, and whether the thread is still worth it. */
const lookMs = 250;
/** A thread has so long to load its work. */
const startMs = 10_000;
/** When none broke for so long, what broke before is forgotten. */
const forgottenMs = 3_600_000;
/** Of the objects of the thread. */
const heapMbMax = 128;

export interface SharedBounds {
  /** A thread is started once so much work was offered within a second: it takes memory, and below that gains nothing. */
  readonly demandMin: number;
  /** … and ended when so little was offered in this time. */
  readonly idleMs: number;
  /** After one broke or hung there is none for so long; twice as long each time within an hour … */
  readonly restMs: number;
  /** … up to this. */
  readonly restMsMax: number;
}

const usualBounds: SharedBounds = { demandMin: 20, idleMs: 60_000, restMs: 5_000, restMsMax: 600_000 };
const demandWindowMs = 1_000;

export interface SharedEngineKind {
  readonly name: string;
  /** URL of the module that exports `open(setup)`, which gives the work back; loaded only in the thread. */
  readonly module: string;
  /** For `open`; plain data. */
  readonly setup: unknown;
}

/** Hears why a thread broke or was ended, in words, and for how long there is none. */
export type ThreadLost = (detail: string, restsMs: number) => void;

/** What one turn of the event loop asks or answers travels in one message: each costs more than what it tells. */
export type Asked = readonly { readonly id: number; readonly request: unknown }[];
/** The first is empty: the thread is ready. A reply that is missing: the work failed. */
export type Answered = readonly { readonly id: number; readonly reply?: { readonly value: unknown } }[];

interface Job<Reply> {
  readonly deadlineMs: number;
  readonly answer: (result: Result<Reply, EngineTrouble>) => void;
  /** Of the thread's time nothing counts before. */
  sentMs: number;
}

/** A thread, from its start on. */
interface Running {
  readonly worker: Worker;
  readonly sinceMs: number;
  readonly watch: NodeJS.Timeout;
  hasLoaded: boolean;
  heardMs: number;
}

/** How much work was offered since a moment. */
class Demand {
  #sinceMs = 0;
  count = 0;

  add(nowMs: number, windowMs: number): void {
    if (this.lastsMs(nowMs) > windowMs) this.begin(nowMs);
    this.count += 1;
  }

  lastsMs(nowMs: number): number {
    return nowMs - this.#sinceMs;
  }

  begin(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.count = 0;
  }
}

/**
 * An engine for short work of which there is much: one thread that has any number of requests under way, as they wait for
 * others. It is there while enough work is offered; until it is, and while it is full, who asks does the work himself. Who waited
 * for his time goes without an answer; a thread that answered nobody meanwhile is ended, and all who wait there hear that.
 */
export class SharedEngine<Request, Reply> implements OptionalEngine<Request, Reply> {
  readonly #kind: SharedEngineKind;
  readonly #bounds: SharedBounds;
  readonly #lost: ThreadLost;
  readonly #jobs = new Map<number, Job<Reply>>();
  #lastId = 0;
  #unsent: { readonly id: number; readonly request: Request }[] = [];
  #running: Running | undefined;
  /** While there is no thread, of the last second; then since its start or since it was last held worth it. */
  readonly #demand = new Demand();
  #broken = { times: 0, lastMs: 0 };
  #restsUntilMs = 0;
  #ending: Promise<unknown> | undefined;
  #isClosed = false;

  constructor(kind: SharedEngineKind, lost: ThreadLost, bounds: Partial<SharedBounds> = {}) {
    this.#kind = kind;
    this.#lost = lost;
    this.#bounds = { ...usualBounds, ...bounds };
  }

  offer(): boolean {
    const nowMs = performance.now();
    this.#demand.add(nowMs, this.#running === undefined ? demandWindowMs : Infinity);
    if (this.#running === undefined) this.#startIfWorthIt(nowMs);
    return this.#hasRoom;
  }

  run(request: Request, deadlineMs: number): Promise<Result<Reply, EngineTrouble>> {
    if (!this.#hasRoom) return Promise.resolve(err('busy'));
    return new Promise((resolve) => {
      this.#lastId += 1;
      this.#jobs.set(this.#lastId, { deadlineMs, answer: resolve, sentMs: Infinity });
      if (this.#unsent.length === 0) setImmediate(this.#send);
      this.#unsent.push({ id: this.#lastId, request });
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#end('busy');
    await this.#ending;
  }

  get #hasRoom(): boolean {
    return this.#running?.hasLoaded === true && this.#jobs.size < underWayMax;
  }

  #startIfWorthIt(nowMs: number): void {
    const isWanted = this.#demand.count >= this.#bounds.demandMin && nowMs >= this.#restsUntilMs;
    if (!isWanted || this.#isClosed) return;
    try {
      const worker = this.#start();
      const watch = setInterval(this.#lookSoon, lookMs).unref();
      this.#running = { worker, sinceMs: nowMs, watch, hasLoaded: false, heardMs: nowMs };
      this.#demand.begin(nowMs);
    } catch (error) {
      // The machine has no thread left.
      this.#break('failed', error);
    }
  }

  #start(): Worker {
    const { name, module, setup } = this.#kind;
    const worker = new Worker(new URL('./shared-engine-main.ts', import.meta.url), {
      workerData: { module, setup },
      name,
      resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
    });
    const lost = (why: unknown): void => {
      if (worker === this.#running?.worker) this.#break('failed', why);
    };
    worker.on('message', (answered: Answered) => {
      if (worker === this.#running?.worker) this.#hear(this.#running, answered);
    });
    worker.on('messageerror', lost);
    worker.on('error', lost);
    worker.on('exit', (code) => lost(`it ended with ${code}`));
    // A server that stops does not wait for it.
    worker.unref();
    return worker;
  }

  readonly #send = (): void => {
    const asked: Asked = this.#unsent;
    this.#unsent = [];
    const nowMs = performance.now();
    for (const { id } of asked) {
      const job = this.#jobs.get(id);
      if (job !== undefined) job.sentMs = nowMs;
    }
    try {
      // `postMessage` of a worker knows no origin; the linter thinks of windows. Without one the thread has ended since.
      this.#running?.worker.postMessage(asked, []);
    } catch (error) {
      this.#break('failed', error);
    }
  };

  #hear(running: Running, answered: Answered): void {
    running.hasLoaded = true;
    running.heardMs = performance.now();
    for (const { id, reply } of answered) {
      const job = this.#jobs.get(id);
      this.#jobs.delete(id);
      job?.answer(reply === undefined ? err('failed') : ok(reply.value as Reply));
    }
  }

  /** What has come is heard before. */
  readonly #lookSoon = (): void => void setImmediate(() => this.#look());

  #look(): void {
    const running = this.#running;
    if (running === undefined) return;
    const nowMs = performance.now();
    if (!running.hasLoaded) {
      if (nowMs - running.sinceMs > startMs) this.#break('failed', 'it did not start in time');
      return;
    }
    this.#endLate(running, nowMs);
    if (this.#demand.lastsMs(nowMs) >= this.#bounds.idleMs) this.#endUnlessWorthIt(nowMs);
  }

  #endLate(running: Running, nowMs: number): void {
    for (const [id, { sentMs, deadlineMs, answer }] of this.#jobs) {
      if (sentMs + deadlineMs > nowMs) continue;
      if (running.heardMs < sentMs) {
        this.#break('timeout', 'it answered nobody any more');
        return;
      }
      this.#jobs.delete(id);
      answer(err('timeout'));
    }
  }

  #endUnlessWorthIt(nowMs: number): void {
    if (this.#demand.count >= this.#bounds.demandMin) this.#demand.begin(nowMs);
    else if (this.#jobs.size === 0) this.#end('busy');
  }

  #break(why: 'failed' | 'timeout', reason: unknown): void {
    const { restMs, restMsMax } = this.#bounds;
    const nowMs = performance.now();
    const times = nowMs - this.#broken.lastMs > forgottenMs ? 0 : this.#broken.times;
    this.#broken = { times: times + 1, lastMs: nowMs };
    const restsMs = Math.min(restMsMax, restMs * 2 ** times);
    this.#restsUntilMs = nowMs + restsMs;
    this.#end(why);
    const detail = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    this.#lost(`thread ${this.#kind.name}: ${detail}`, restsMs);
  }

  /** The thread goes; those that wait hear why. */
  #end(why: EngineTrouble): void {
    const running = this.#running;
    const jobs = [...this.#jobs.values()];
    this.#running = undefined;
    this.#jobs.clear();
    this.#unsent = [];
    clearInterval(running?.watch);
    for (const { answer } of jobs) answer(err(why));
    if (running !== undefined) this.#ending = running.worker.terminate();
  }
}
