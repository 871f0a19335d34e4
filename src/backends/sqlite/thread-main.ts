import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import { backgroundSteps, lowerThisThread } from '#backends/system/thread-priority.ts';
import { diskFiles } from './files.ts';
import { transferables } from './thread-client.ts';
import { handler } from './thread-handle.ts';
import type { Handler } from './thread-handle.ts';
import type { FromThread, ThreadStart, ToThread } from './thread-start.ts';
import type { OperationTable, Reply, Request, WorkerKind } from './thread.ts';

/* The whole of a storage thread: loads its kind, opens it, passes batches to it until it is told to close. */

type AnyKind = WorkerKind<unknown, unknown, OperationTable<unknown>>;

const port = parentPort;
if (port === null) throw new Error('thread-main.ts runs in a storage thread only');

function post(message: FromThread, moved: ArrayBuffer[] = []): void {
  port?.postMessage(message, moved);
}

/** What one turn answers goes in one message: each message wakes the other thread. */
class Replies {
  #unsent: Reply[] = [];

  readonly add = (replies: readonly Reply[]): void => {
    if (this.#unsent.length === 0) setImmediate(() => this.send());
    this.#unsent.push(...replies);
  };

  send(): void {
    const replies = this.#unsent;
    this.#unsent = [];
    if (replies.length === 0) return;
    const values = replies.map((reply) =>
      'result' in reply && reply.result.ok ? reply.result.value : undefined,
    );
    post({ kind: 'replies', replies }, transferables(values));
  }
}

async function openKind(start: ThreadStart): Promise<Handler | undefined> {
  const loaded = (await import(start.module)) as { readonly kind: AnyKind };
  const context = {
    clock: systemClock(),
    random: systemRandom(),
    files: diskFiles(start.folder),
    yield: () => nextTurn(),
  };
  const opened = await loaded.kind.open(start.init, context);
  post({ kind: 'open', result: opened.ok ? { ok: true, value: undefined } : opened });
  return opened.ok ? handler(loaded.kind, opened.value) : undefined;
}

const start = workerData as ThreadStart;
if (start.background) lowerThisThread(backgroundSteps);
const replies = new Replies();
const worker = await openKind(start);

async function close(): Promise<void> {
  await worker?.close();
  replies.send();
  port?.close();
}

port.on('message', (message: ToThread) => {
  if (message.kind === 'batch') worker?.handle(message.batch as readonly Request[], replies.add);
  else void close();
});
