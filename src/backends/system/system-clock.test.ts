import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { systemClock } from './system-clock.ts';

for (const [kind, clock, pass] of [
  ['system', systemClock(), undefined],
  ['fake', ...fake()],
] as const)
  test(`an alarm of the ${kind} clock rings once after its time, and not when it was called off`, async () => {
    const rung: string[] = [];
    const startMs = clock.monotonic();
    const rings = new Promise<void>((resolve) => {
      clock.alarm(30, () => {
        rung.push('late');
        resolve();
      });
    });
    clock.alarm(10, () => rung.push('early'));
    const callOff = clock.alarm(20, () => rung.push('never'));
    callOff();
    callOff();
    assert.deepEqual(rung, [], 'not at once');
    await pass?.();
    await rings;
    assert.deepEqual(rung, ['early', 'late']);
    // Timers of Node may wake a fraction early.
    assert.ok(clock.monotonic() - startMs >= 29);
  });

function fake(): readonly [ReturnType<typeof createFakeClock>, () => Promise<void>] {
  const clock = createFakeClock();
  return [
    clock,
    async () => {
      await clock.advance(30);
      assert.equal(clock.sleeping, 0);
    },
  ];
}
