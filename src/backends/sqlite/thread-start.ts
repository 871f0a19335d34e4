import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Result } from '#base/result.ts';
import { err, ok } from '#base/result.ts';
import type { Trouble } from '#store/contract/trouble.ts';
import { client, durableOf } from './thread-client.ts';
import { handler } from './thread-handle.ts';
import type { OperationTable, Reply, RunningWorker, WorkerContext, WorkerKind } from './thread.ts';

/** What a thread is told when it starts; structured-clonable. */
export interface ThreadStart {
  readonly module: string;
  readonly folder: string;
  readonly init: unknown;
  /** As in its `WorkerKind`. */
  readonly background: boolean;
}

export type FromThread =
  | { readonly kind: 'open'; readonly result: Result<void, Trouble> }
  | { readonly kind: 'replies'; readonly replies: readonly Reply[] }
  | { readonly kind: 'closed' };

export type ToThread =
  | { readonly kind: 'batch'; readonly batch: readonly unknown[] }
  | { readonly kind: 'close' };

/** `postMessage` of a worker knows no origin; the linter thinks of windows. */
function tell(worker: Worker, message: ToThread): void {
  worker.postMessage(message, []);
}

/** Runs a kind of worker in a thread of its own, on files below `folder`, with the machine's clock and chance. */
export async function startThread<Init, State, Table extends OperationTable<State>>(
  kind: WorkerKind<Init, State, Table>,
  options: { readonly init: Init; readonly folder: string },
): Promise<Result<RunningWorker<Table>, Trouble>> {
  const workerData: ThreadStart = { module: kind.module, background: kind.background === true, ...options };
  const worker = new Worker(new URL('./thread-main.ts', import.meta.url), { workerData, name: kind.name });
  const opened = Promise.withResolvers<Result<void, Trouble>>();
  const exited = Promise.withResolvers<void>();
  const side = client<Table>({
    names: Object.keys(kind.operations),
    durable: durableOf(kind.operations),
    schedule: (flush) => void setImmediate(flush),
    post: (batch) => tell(worker, { kind: 'batch', batch }),
  });
  const gone = (detail: string): void => {
    side.lost(`storage thread ${kind.name}: ${detail}`);
    opened.resolve(err({ code: 'unavailable', detail }));
  };
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'open') opened.resolve(message.result);
    if (message.kind === 'replies') side.receive(message.replies);
  });
  worker.on('error', (error) => gone(error instanceof Error ? error.message : String(error)));
  worker.on('exit', () => {
    gone('it has ended');
    exited.resolve();
  });
  const result = await opened.promise;
  if (!result.ok) {
    await worker.terminate();
    return result;
  }
  return ok({
    call: side.call,
    async close() {
      side.flush();
      await side.idle();
      tell(worker, { kind: 'close' });
      await exited.promise;
    },
  });
}

/** Runs a kind of worker in the caller's own thread: tests, simulation, small machines. */
export async function startInThread<Init, State, Table extends OperationTable<State>>(
  kind: WorkerKind<Init, State, Table>,
  options: {
    readonly init: Init;
    readonly context: Omit<WorkerContext, 'yield'>;
    /** Ends a turn; `queueMicrotask` where nothing else must run in between. */
    readonly schedule?: (flush: () => void) => void;
  },
): Promise<Result<RunningWorker<Table>, Trouble>> {
  const opened = await kind.open(options.init, { ...options.context, yield: () => nextTurn() });
  if (!opened.ok) return opened;
  const worker = handler(kind, opened.value);
  const side = client<Table>({
    names: Object.keys(kind.operations),
    durable: durableOf(kind.operations),
    schedule: options.schedule ?? ((flush) => void setImmediate(flush)),
    post: (batch) => worker.handle(batch, (replies) => side.receive(replies)),
  });
  return ok({
    call: side.call,
    async close() {
      side.flush();
      await side.idle();
      await worker.close();
      side.lost('it has been closed');
    },
  });
}
