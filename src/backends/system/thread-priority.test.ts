import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const tried = JSON.stringify(new URL('./thread-priority.ts', import.meta.url).href);

/** Nice values of a program's threads after it has called something, the first thread's first; all are relative to it. */
function nicenessAfter(calls: string): readonly number[] {
  const program = `
    import { readdirSync } from 'node:fs';
    import { getPriority } from 'node:os';
    import { Worker } from 'node:worker_threads';
    import { lowerHelpers } from ${tried};
    const before = getPriority();
    ${calls}
    const others = readdirSync('/proc/self/task').map(Number).filter((thread) => thread !== process.pid);
    console.log(JSON.stringify([getPriority(), ...others.map((thread) => getPriority(thread))].map((now) => now - before)));
    process.exit(0);
  `;
  const output = execFileSync(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output) as readonly number[];
}

const options =
  process.platform === 'linux' ? {} : { skip: 'threads have a priority of their own on Linux only' };

test('the threads that help the first one give way to it, once', options, () => {
  const [first, ...helpers] = nicenessAfter('lowerHelpers(); lowerHelpers();');
  assert.equal(first, 0);
  assert.ok(helpers.length > 0);
  assert.deepEqual([...new Set(helpers)], [5]);
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
    lowerHelpers();
  `);
  assert.equal(first, 0);
  assert.deepEqual(
    [...new Set(others)].toSorted((a, b) => a - b),
    [5, 10],
  );
  assert.equal(others.filter((niceness) => niceness === 10).length, 1);
});
