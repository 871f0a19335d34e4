import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { controls, stepsOf } from './controls.ts';
import { assertComplete, forget, readRecording, record, whyNot } from './record.ts';
import type { Recording } from './record.ts';
import { replay, somePoints } from './replay.ts';
import type { Broken } from './replay.ts';

const points = Number(process.env['POSTERN_CRASH_POINTS'] ?? 200);
const firstSeed = Number(process.env['POSTERN_CRASH_SEED'] ?? 1);
const onlyAt = process.env['POSTERN_CRASH_AT'];
const kept = process.env['POSTERN_CRASH_RECORDING'];

/** Odd seeds run in one thread, even ones with storage threads. */
const recordings = onlyAt === undefined ? Math.max(2, Math.ceil(points / 250)) : 1;
const controlPoints = 60;
const wordsMax = 6;
const reason = whyNot();

describe('crash replayer (STORAGE §7)', { skip: reason ?? false }, () => {
  const made: Recording[] = [];
  const failed = new Set<Recording>();

  before(async () => {
    for (let n = 0; n < recordings; n += 1) {
      const seed = firstSeed + n;
      made.push(kept === undefined ? await record(seed) : await readRecording(kept, seed));
    }
  });
  after(() => {
    for (const recording of made) if (kept === undefined && !failed.has(recording)) forget(recording);
  });

  it('overlooks nothing: the recorded calls make the files that are there', () => {
    for (const recording of made) assertComplete(recording);
  });

  it(`${onlyAt === undefined ? String(points) : 'one'} losses of power: nothing promised is broken`, async () => {
    const told: string[] = [];
    for (const recording of made) {
      const chosen =
        onlyAt === undefined ? somePoints(recording, Math.ceil(points / recordings)) : [Number(onlyAt)];
      const broken = await replay({ recording, points: chosen });
      if (broken.length > 0) failed.add(recording);
      told.push(...broken.map((one) => wordsOf(recording, one)));
    }
    assert.ok(told.length === 0, told.join('\n'));
  });

  for (const control of onlyAt === undefined ? controls : []) {
    it(`control: without ${control.name} it finds what breaks`, async () => {
      const recording = made.at(-1);
      assert.ok(recording);
      const broken = await replay({
        recording,
        points: somePoints(recording, controlPoints),
        without: stepsOf(control, recording),
      });
      const found = broken.filter(({ wrong }) => wrong.some((words) => control.finds.test(words))).length;
      const least = control.brokenShareMin * controlPoints;
      assert.ok(found >= least, `found at ${String(found)} of ${String(controlPoints)} points`);
    });
  }
});

/** With all that is needed to see it again. */
function wordsOf({ seed, folder }: Recording, { at, wrong }: Broken): string {
  const again = `POSTERN_CRASH_SEED=${String(seed)} POSTERN_CRASH_AT=${String(at)} POSTERN_CRASH_RECORDING=${folder}`;
  return [again, ...wrong.slice(0, wordsMax).map((words) => `  ${words}`)].join('\n');
}
