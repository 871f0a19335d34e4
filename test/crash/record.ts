import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import assert from 'node:assert/strict';
import { createFakeRandom } from '#platform/fake-random.ts';
import { Disk, everything } from './disk.ts';
import { readTrace, tracedCalls } from './read-trace.ts';
import type { Step } from './step.ts';

/** What one run of the workload did to its disk, call by call. */
export interface Recording {
  readonly seed: number;
  /** Holds the trace; kept when something was found. */
  readonly folder: string;
  /** What the steps name as the root of the disk. */
  readonly root: string;
  readonly steps: readonly Step[];
}

const workload = join(import.meta.dirname, 'workload.ts');
const workloadMsMax = 120_000;

/** Why nothing can be recorded here; `undefined`: it can. */
export function whyNot(): string | undefined {
  const strace = spawnSync('strace', ['-f', '-o', '/dev/null', process.execPath, '--version']);
  if (strace.error !== undefined) return 'strace is not installed';
  return strace.status === 0 ? undefined : 'strace may not trace here';
}

/** Runs the workload under strace. */
export async function record(seed: number): Promise<Recording> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-crash-'));
  const root = join(folder, 'disk');
  mkdirSync(root);
  const ran = spawnSync(
    'strace',
    [
      '-f',
      '-y',
      '-xx',
      '--seccomp-bpf',
      '-s',
      '100000000',
      '-e',
      `trace=${tracedCalls}`,
      '-o',
      join(folder, 'trace'),
      process.execPath,
      workload,
      join(root, 'data'),
      join(folder, 'marks'),
      String(seed),
    ],
    // Calls that go through an io_uring are none that strace shows.
    { env: { ...process.env, UV_USE_IO_URING: '0' }, encoding: 'utf8', timeout: workloadMsMax },
  );
  assert.equal(ran.status, 0, `the workload of seed ${String(seed)} failed:\n${ran.stderr}`);
  assert.equal(ran.stderr, '', 'the store told of trouble while nothing was wrong');
  return await readRecording(folder, seed);
}

/** Reads a recording that was kept. */
export async function readRecording(folder: string, seed: number): Promise<Recording> {
  const root = join(folder, 'disk');
  const lines = createInterface({ input: createReadStream(join(folder, 'trace'), 'latin1') });
  const steps = await readTrace(lines, { root, marks: join(folder, 'marks') });
  return { seed, folder, root, steps };
}

export function forget({ folder }: Recording): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Throws unless all steps together make the files that the workload left: nothing was overlooked. */
export function assertComplete({ steps, root, folder }: Recording): void {
  const disk = new Disk(root);
  for (const [number, step] of steps.entries()) disk.take(step, number);
  const rebuilt = join(folder, 'rebuilt');
  disk.image(rebuilt, everything, createFakeRandom(0));
  const names = filesBelow(root);
  assert.deepEqual(filesBelow(rebuilt), names);
  assert.ok(names.length > 5);
  for (const name of names) {
    assert.ok(readFileSync(join(root, name)).equals(readFileSync(join(rebuilt, name))), `${name} differs`);
  }
  rmSync(rebuilt, { recursive: true });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}
