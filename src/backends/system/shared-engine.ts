import { Worker } from 'node:worker_threads';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Engine, EngineTrouble } from '#platform/engine.ts';

/** Requests under way at once; who comes then is told that it is busy. */
const underWayMax = 64;
/** Late requests are looked for so often; each ends at most that much after its time. */
const lateCheckMs = 250;
/** Of the objects of the thread. */
const heapMbMax = 128;

export interface SharedBounds {
  /** A thread is started once so many requests came within a second: it takes memory, and below that gains nothing. */
  readonly demandMin: number;
  /** One that has had nothing to do for so long gives its memory back. */
  readonly idleMs: number;
  /** After one broke, or kept somebody waiting too long, there is none for so long: starting one is dear. */
  readonly restMs: number;
}

const usualBounds: SharedBounds = { demandMin: 20, idleMs: 60_000, restMs: 5_000 };
const demandWindowMs = 1_000;

/** Hears why a thread broke or was ended, in words. */
export type ThreadLost = (detail: string) => void;

export interface SharedEngineKind {
  readonly name: string;
  /** URL of the module that exports `open(setup)`, which gives the work back; loaded only in the thread. */
  readonly module: string;
  /** For `open`; plain data. */
  readonly setup: unknown;
}

/** What one turn of the event loop asks or answers travels in one message: each costs more than what it tells. */
export type Asked = readonly { readonly id: number; readonly request: unknown }[];
/** The first is empty: the thread is ready. A reply that is missing: the work failed. */
export type Answered = readonly { readonly id: number; readonly reply?: { readonly value: unknown } }[];

interface Job<Reply> {
  readonly dueMs: number;
  readonly answer: (result: Result<Reply, EngineTrouble>) => void;
}

/**
 * An engine for short work of which there is much: one thread that has any number of requests under way, as they wait for
 * others. It is there while there is enough to do; until it is, and while it is full, who asks hears at once that it is busy
 * and does the work itself. A thread that keeps a request beyond its time is ended, and all who wait there hear that.
 */
export class SharedEngine<Request, Reply> implements Engine<Request, Reply> {
  readonly #kind: SharedEngineKind;
  readonly #bounds: SharedBounds;
  readonly #lost: ThreadLost;
  readonly #jobs = new Map<number, Job<Reply>>();
  #lastId = 0;
  #unsent: { readonly id: number; readonly request: Request }[] = [];
  #worker: Worker | undefined;
  #isReady = false;
  #watch: NodeJS.Timeout | undefined;
  #lastAskedMs = 0;
  #demand = { sinceMs: 0, count: 0 };
  #restsUntilMs = 0;
  #isClosed = false;

  constructor(kind: SharedEngineKind, lost: ThreadLost, bounds: Partial<SharedBounds> = {}) {
    this.#kind = kind;
    this.#lost = lost;
    this.#bounds = { ...usualBounds, ...bounds };
  }

  run(request: Request, deadlineMs: number): Promise<Result<Reply, EngineTrouble>> {
    const nowMs = performance.now();
    this.#lastAskedMs = nowMs;
    if (!this.#isReady) this.#startIfWanted(nowMs);
    if (!this.#isReady || this.#jobs.size >= underWayMax) return Promise.resolve(err('busy'));
    return new Promise((resolve) => {
      this.#lastId += 1;
      this.#jobs.set(this.#lastId, { dueMs: nowMs + deadlineMs, answer: resolve });
      if (this.#unsent.length === 0) setImmediate(this.#send);
      this.#unsent.push({ id: this.#lastId, request });
    });
  }

  /** Whether the next request will have its turn; for tests. */
  get isReady(): boolean {
    return this.#isReady && this.#jobs.size < underWayMax;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end('busy');
  }

  #startIfWanted(nowMs: number): void {
    if (nowMs - this.#demand.sinceMs > demandWindowMs) this.#demand = { sinceMs: nowMs, count: 0 };
    this.#demand.count += 1;
    const isWanted = this.#demand.count >= this.#bounds.demandMin && nowMs >= this.#restsUntilMs;
    if (!isWanted || this.#isClosed || this.#worker !== undefined) return;
    try {
      this.#worker = this.#start();
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
      if (worker === this.#worker) this.#break('failed', why);
    };
    worker.on('message', (answered: Answered) => {
      if (worker === this.#worker) this.#hear(answered);
    });
    worker.on('messageerror', lost);
    worker.on('error', lost);
    worker.on('exit', (code) => lost(`it ended with ${code}`));
    // A server that stops does not wait for it.
    worker.unref();
    this.#watch = setInterval(() => this.#look(), lateCheckMs).unref();
    return worker;
  }

  readonly #send = (): void => {
    const asked: Asked = this.#unsent;
    this.#unsent = [];
    // `postMessage` of a worker knows no origin; the linter thinks of windows. Without one the thread has ended since.
    this.#worker?.postMessage(asked, []);
  };

  #hear(answered: Answered): void {
    this.#isReady = true;
    for (const { id, reply } of answered) {
      const job = this.#jobs.get(id);
      this.#jobs.delete(id);
      job?.answer(reply === undefined ? err('failed') : ok(reply.value as Reply));
    }
  }

  #look(): void {
    const nowMs = performance.now();
    if ([...this.#jobs.values()].some(({ dueMs }) => dueMs <= nowMs))
      this.#break('timeout', 'it kept a request beyond its time');
    else if (this.#jobs.size === 0 && nowMs - this.#lastAskedMs >= this.#bounds.idleMs)
      void this.#end('busy');
  }

  #break(why: 'failed' | 'timeout', reason: unknown): void {
    this.#restsUntilMs = performance.now() + this.#bounds.restMs;
    const detail = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    this.#lost(`thread ${this.#kind.name}: ${detail}`);
    void this.#end(why);
  }

  /** The thread goes; those that wait hear why. */
  async #end(why: EngineTrouble): Promise<void> {
    const worker = this.#worker;
    const jobs = [...this.#jobs.values()];
    this.#worker = undefined;
    this.#isReady = false;
    this.#jobs.clear();
    this.#unsent = [];
    clearInterval(this.#watch);
    this.#watch = undefined;
    for (const { answer } of jobs) answer(err(why));
    await worker?.terminate();
  }
}
