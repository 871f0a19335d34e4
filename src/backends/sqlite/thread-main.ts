import { setImmediate as nextTurn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
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

function send(replies: readonly Reply[]): void {
  const values = replies.map((reply) =>
    'result' in reply && reply.result.ok ? reply.result.value : undefined,
  );
  post({ kind: 'replies', replies }, transferables(values));
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

const worker = await openKind(workerData as ThreadStart);

port.on('message', (message: ToThread) => {
  if (message.kind === 'batch') worker?.handle(message.batch as readonly Request[], send);
  else void worker?.close().then(() => port.close());
});
