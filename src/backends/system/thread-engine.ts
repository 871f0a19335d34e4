import { Worker } from 'node:worker_threads';
import { err, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import type { Engine, EngineKind, EngineTrouble } from '#platform/engine.ts';

/** Requests that wait; who comes then is told that there is no turn. */
const waitingMax = 32;
/** A thread that has had nothing to do for so long gives its memory back. */
const idleMs = 60_000;
/** Of the objects of one thread; pixels and octets lie beside them and are bounded by the work itself. */
const heapMbMax = 256;

export interface ThreadBounds {
  readonly idleMs: number;
  readonly heapMbMax: number;
}

interface Job<Request, Reply> {
  readonly request: Request;
  readonly deadlineMs: number;
  readonly timer: NodeJS.Timeout;
  readonly answer: (result: Result<Reply, EngineTrouble>) => void;
}

type Told<Reply> = { readonly reply: Reply } | { readonly failed: true };

/**
 * An engine with a thread of its own, which is started by the first request and takes one after the other. One that is late
 * is ended with its thread, whatever it does, and the next has a new one: never two at once, so that nobody has more of the
 * machine by sending what does not end.
 */
export class ThreadEngine<Request, Reply> implements Engine<Request, Reply> {
  readonly #kind: EngineKind<Request, Reply>;
  readonly #bounds: ThreadBounds;
  readonly #waiting: Job<Request, Reply>[] = [];
  #running: Job<Request, Reply> | undefined;
  /** When it began. */
  #runningSinceMs = 0;
  #worker: Worker | undefined;
  /** Of a thread that was told to end, until it has. */
  #ending: Promise<unknown> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(kind: EngineKind<Request, Reply>, bounds: Partial<ThreadBounds> = {}) {
    this.#kind = kind;
    this.#bounds = { idleMs, heapMbMax, ...bounds };
  }

  run(request: Request, deadlineMs: number): Promise<Result<Reply, EngineTrouble>> {
    if (this.#closed || this.#waiting.length >= waitingMax) return Promise.resolve(err('busy'));
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#late(job), deadlineMs);
      const answer = (result: Result<Reply, EngineTrouble>): void => {
        clearTimeout(timer);
        resolve(result);
      };
      const job: Job<Request, Reply> = { request, deadlineMs, timer, answer };
      this.#waiting.push(job);
      this.#next();
    });
  }

  /** Whether a thread is there; for tests. */
  get isStarted(): boolean {
    return this.#worker !== undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) job.answer(err('busy'));
    this.#running?.answer(err('busy'));
    this.#running = undefined;
    await this.#end();
  }

  #next(): void {
    if (this.#running !== undefined || this.#ending !== undefined) return;
    clearTimeout(this.#idle);
    const job = this.#waiting.shift();
    if (job === undefined) {
      this.#idle = setTimeout(() => void this.#end(), this.#bounds.idleMs).unref();
      return;
    }
    try {
      this.#worker ??= this.#start();
    } catch {
      // The machine has no thread left.
      job.answer(err('failed'));
      this.#next();
      return;
    }
    this.#running = job;
    this.#runningSinceMs = performance.now();
    // `postMessage` of a worker knows no origin; the linter thinks of windows.
    this.#worker.postMessage(job.request, []);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./engine-main.ts', import.meta.url), {
      workerData: this.#kind.module,
      name: this.#kind.name,
      resourceLimits: { maxOldGenerationSizeMb: this.#bounds.heapMbMax },
    });
    worker.on('message', (told: Told<Reply>) =>
      this.#done(worker, 'reply' in told ? ok(told.reply) : err('failed')),
    );
    worker.on('error', () => this.#lost(worker));
    worker.on('exit', () => this.#lost(worker));
    // A server that stops does not wait for it.
    worker.unref();
    return worker;
  }

  #done(worker: Worker, result: Result<Reply, EngineTrouble>): void {
    if (worker !== this.#worker) return;
    this.#running?.answer(result);
    this.#running = undefined;
    this.#next();
  }

  #lost(worker: Worker): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#running?.answer(err('failed'));
    this.#running = undefined;
    this.#next();
  }

  #late(job: Job<Request, Reply>): void {
    const place = this.#waiting.indexOf(job);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      job.answer(err('busy'));
      return;
    }
    if (job !== this.#running) return;
    this.#running = undefined;
    // Who waited for most of its time was in no way slow itself.
    const ranMs = performance.now() - this.#runningSinceMs;
    job.answer(err(ranMs < job.deadlineMs / 2 ? 'busy' : 'timeout'));
    void this.#end();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    this.#ending ??= this.#worker?.terminate();
    this.#worker = undefined;
    await this.#ending;
    this.#ending = undefined;
    if (this.#waiting.length > 0) this.#next();
  }
}
