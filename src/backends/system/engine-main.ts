import { parentPort, workerData } from 'node:worker_threads';
import { helperSteps, lowerThisThread } from './thread-priority.ts';

/* The whole of an engine's thread: loads its work, does one request after the other. */

const port = parentPort;
if (port === null) throw new Error('engine-main.ts runs in a thread of an engine only');

lowerThisThread(helperSteps);
const { run } = (await import(String(workerData))) as {
  readonly run: (request: unknown) => Promise<unknown>;
};

port.on('message', (request: unknown) => {
  void run(request).then(
    (reply) => port.postMessage({ reply }),
    () => port.postMessage({ failed: true }),
  );
});
