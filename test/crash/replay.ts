import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeRandom } from '#platform/fake-random.ts';
import { Disk, lucks } from './disk.ts';
import { findAll } from './found.ts';
import { judge } from './judge.ts';
import { readMark } from './mark.ts';
import { Promises } from './promises.ts';
import type { Recording } from './record.ts';
import type { Step } from './step.ts';

export interface Replay {
  readonly recording: Recording;
  /** Steps that have happened when the power goes. */
  readonly points: readonly number[];
  /** Taken out of the recording: what a store without this step would do. */
  readonly without?: (step: Step) => boolean;
}

export interface Broken {
  readonly at: number;
  readonly wrong: readonly string[];
}

/** Loses power at each of these points, starts the server on what is left, and returns where it broke its word. */
export async function replay({
  recording,
  points,
  without = () => false,
}: Replay): Promise<readonly Broken[]> {
  const wanted = new Set(points);
  const disk = new Disk(recording.root);
  const promises = new Promises();
  const broken: Broken[] = [];
  for (let at = 0; at <= recording.steps.length; at += 1) {
    if (wanted.has(at)) {
      const wrong = await crash(disk, promises, createFakeRandom(recording.seed * 1_000_003 + at));
      if (wrong.length > 0) broken.push({ at, wrong });
    }
    const step = recording.steps[at];
    if (step === undefined || without(step)) continue;
    disk.take(step, at);
    if (step.kind === 'mark') promises.take(readMark(step.text));
  }
  return broken;
}

async function crash(
  disk: Disk,
  promises: Promises,
  random: ReturnType<typeof createFakeRandom>,
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(imagesFolder(), 'postern-image-'));
  try {
    const luck = lucks[random.integer(lucks.length)];
    if (luck !== undefined) disk.image(folder, luck, random);
    return judge(promises, await findAll(join(folder, 'data'), random));
  } catch (error) {
    return [`does not start: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** In memory if there is such a place: an image lives for a moment only. */
function imagesFolder(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

/** So many different points, spread over the recording by chance. */
export function somePoints({ seed, steps }: Recording, count: number): readonly number[] {
  const random = createFakeRandom(seed);
  const points = new Set<number>();
  while (points.size < Math.min(count, steps.length)) points.add(random.integer(steps.length + 1));
  return [...points].sort((a, b) => a - b);
}
