import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateStore } from './simulate-store.ts';

/** `POSTERN_SEEDS=500` in CI; a seed that fails is run again with `node test/simulation/run.ts SEED`. */
const seeds = Number(process.env['POSTERN_SEEDS'] ?? 50);
const first = Number(process.env['POSTERN_FIRST_SEED'] ?? 1);

test(`N-20: ${seeds} seeds of crashes lose, double and rename nothing`, async () => {
  for (let seed = first; seed < first + seeds; seed += 1) {
    await assert.doesNotReject(simulateStore({ seed }), `seed ${seed}`);
  }
});

test('the control: without the sync step some seeds lose mail', async () => {
  let failed = 0;
  for (let seed = 1; seed <= 10; seed += 1) {
    await simulateStore({ seed, syncsAreLies: true }).catch(() => {
      failed += 1;
    });
  }
  assert.ok(failed > 0);
});
