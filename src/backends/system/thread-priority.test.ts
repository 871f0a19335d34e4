import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { getPriority } from 'node:os';
import { test } from 'node:test';

const tried = JSON.stringify(new URL('./thread-priority.ts', import.meta.url).href);

/** Nice values of a program's threads after it has called something, the first thread's first. */
function nicenessAfter(calls: string): readonly number[] {
  const program = `
    import { readdirSync } from 'node:fs';
    import { getPriority } from 'node:os';
    import { Worker } from 'node:worker_threads';
    import { lowerOtherThreads } from ${tried};
    ${calls}
    const others = readdirSync('/proc/self/task').map(Number).filter((thread) => thread !== process.pid);
    console.log(JSON.stringify([getPriority(), ...others.map((thread) => getPriority(thread))]));
    process.exit(0);
  `;
  const output = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    encoding: 'utf8',
  });
  return JSON.parse(output) as readonly number[];
}

const options =
  process.platform === 'linux' ? {} : { skip: 'threads have a priority of their own on Linux only' };

/** Nothing is lower than 19. */
function below(steps: number): number {
  return Math.min(19, getPriority() + steps);
}

test('the threads that help the first one give way to it, once', options, () => {
  const [first, ...helpers] = nicenessAfter('lowerOtherThreads(); lowerOtherThreads();');
  assert.equal(first, getPriority());
  assert.ok(helpers.length > 0);
  assert.deepEqual([...new Set(helpers)], [below(5)]);
});

test('a thread that gave way by itself stays where it is', options, () => {
  const worker = `
    import { parentPort } from 'node:worker_threads';
    import { backgroundSteps, lowerThisThread } from ${tried};
    lowerThisThread(backgroundSteps);
    parentPort.postMessage('lowered');
    setInterval(() => undefined, 1000);`;
  const [first, ...others] = nicenessAfter(`
    await new Promise((resolve) => new Worker(${JSON.stringify(worker)}, { eval: true }).once('message', resolve));
    lowerOtherThreads();
  `);
  assert.equal(first, getPriority());
  assert.deepEqual(new Set(others), new Set([below(5), below(10)]));
});
