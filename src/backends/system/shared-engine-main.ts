import { parentPort, workerData } from 'node:worker_threads';
import type { Answered, Asked } from './shared-engine.ts';
import { helperSteps, lowerThisThread } from './thread-priority.ts';

/* The whole of a shared engine's thread: loads its work, begins each request as it comes, answers as they are done. */

const port = parentPort;
if (port === null) throw new Error('shared-engine-main.ts runs in a thread of an engine only');

lowerThisThread(helperSteps);
const { module, setup } = workerData as { readonly module: string; readonly setup: unknown };
const { open } = (await import(module)) as {
  readonly open: (setup: unknown) => (request: unknown) => Promise<unknown>;
};
const run = open(setup);
let unsent: Answered[number][] = [];

function answer(one: Answered[number]): void {
  if (unsent.length === 0) setImmediate(send);
  unsent.push(one);
}

function send(): void {
  const answered: Answered = unsent;
  unsent = [];
  try {
    port?.postMessage(answered);
  } catch {
    // One that cannot be sent fails alone.
    for (const one of answered) sendAlone(one);
  }
}

function sendAlone(one: Answered[number]): void {
  try {
    port?.postMessage([one]);
  } catch {
    port?.postMessage([{ id: one.id }]);
  }
}

port.on('message', (asked: Asked) => {
  for (const { id, request } of asked)
    void run(request).then(
      (value) => answer({ id, reply: { value } }),
      () => answer({ id }),
    );
});
send();
