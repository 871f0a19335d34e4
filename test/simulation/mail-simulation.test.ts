import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateMail } from './simulate-mail.ts';

/** `POSTERN_SEEDS=500` in CI; a seed that fails is run again with `node test/simulation/run.ts SEED`. */
const seeds = Number(process.env['POSTERN_SEEDS'] ?? 50);
const first = Number(process.env['POSTERN_FIRST_SEED'] ?? 1);

test(`N-20: ${seeds} seeds of crashes, full disks, broken connections and clocks lose no mail`, async () => {
  for (let seed = first; seed < first + seeds; seed += 1) {
    await assert.doesNotReject(simulateMail({ seed }), `seed ${seed}`);
  }
});

async function failing(control: { readonly syncsAreLies?: boolean; readonly marksAreLies?: boolean }) {
  let failed = 0;
  for (let seed = 1; seed <= 12; seed += 1) {
    await simulateMail({ seed, ...control }).catch(() => {
      failed += 1;
    });
  }
  return failed;
}

test('the control: without the sync step some seeds lose mail', async () => {
  assert.ok((await failing({ syncsAreLies: true })) > 0);
});

test('the control: without a word before the final dot some seeds send twice unexplained', async () => {
  assert.ok((await failing({ marksAreLies: true })) > 0);
});
