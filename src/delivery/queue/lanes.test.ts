import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Lanes } from './lanes.ts';

const runs = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

test('never more than allowed at once, and everything taken is run once', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('offer' as const), lane: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ kind: fc.constant('finish' as const), which: fc.nat(10) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const running: { lane: string; finish: () => void }[] = [];
      let ran = 0;
      let taken = 0;
      const lanes = new Lanes<number>(
        { activeMax: 5, perLaneActiveMax: 2, perLaneWaitingMax: 3 },
        (lane) =>
          new Promise((resolve) => {
            ran += 1;
            const one = {
              lane,
              finish: () => {
                running.splice(running.indexOf(one), 1);
                resolve();
              },
            };
            running.push(one);
          }),
      );
      const check = (): void => {
        assert.ok(running.length <= 5);
        for (const lane of ['0', '1', '2', '3']) {
          assert.ok(running.filter((one) => one.lane === lane).length <= 2);
        }
      };
      for (const one of steps) {
        if (one.kind === 'offer') taken += lanes.offer(String(one.lane), 1) ? 1 : 0;
        else running[one.which % Math.max(1, running.length)]?.finish();
        await Promise.resolve();
        check();
      }
      while (running.length > 0) {
        running[0]?.finish();
        await new Promise((resolve) => setImmediate(resolve));
        check();
      }
      assert.equal(ran, taken);
      assert.equal(lanes.active, 0);
    }),
    { numRuns: Math.min(runs, 200) },
  );
});
