import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createFakeClock } from '#platform/fake-clock.ts';
import { Lanes } from './lanes.ts';

const runs = Number(process.env['POSTERN_FUZZ_RUNS'] ?? 1000);

const limits = {
  activeMax: 4,
  perLaneActiveMax: 1,
  waitingMax: 30,
  waitingBytesMax: 1_000,
  perLaneWaitingMin: 2,
};

/** Lanes whose jobs end when they are told. */
function heldLanes() {
  const clock = createFakeClock();
  const ends: (() => void)[] = [];
  const lanes = new Lanes<number>(limits, clock, () => new Promise((resolve) => ends.push(resolve)));
  const offer = (name: string, count: number, bytes = 0): number =>
    Array.from({ length: count }, () => lanes.offer(name, 0, bytes)).filter(Boolean).length;
  return { clock, lanes, offer, ends };
}

test('one destination alone may wait long, many share the room, and each has some', () => {
  const { offer } = heldLanes();
  assert.equal(offer('a', 100), 1 + 10, 'a third of the room');
  assert.equal(offer('b', 100), 1 + 7, 'a third of what is left');
  for (const name of ['c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k']) assert.ok(offer(name, 100) >= 2, name);
});

test('the bytes that wait are bounded in the same way', () => {
  const { offer } = heldLanes();
  assert.equal(offer('a', 100, 100), 1 + 3);
  assert.equal(offer('b', 100, 100), 1 + 2);
  assert.equal(offer('c', 100, 2_000), 1, 'what runs has its place, what is too large does not wait');
});

test('what is sent away comes again in turn, at the pace of its lane', async () => {
  const { clock, lanes, offer, ends } = heldLanes();
  offer('a', 11);
  assert.equal(lanes.turnInMs('a'), undefined, 'nothing has ended yet');
  for (let count = 0; count < 4; count += 1) {
    await clock.advance(50);
    ends.shift()?.();
    await clock.advance(0);
  }
  // Six wait; the next is the seventh.
  assert.deepEqual([lanes.turnInMs('a'), lanes.turnInMs('a')], [7 * 50, 8 * 50]);
  assert.equal(lanes.turnInMs('b'), undefined);
});

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
        { activeMax: 5, perLaneActiveMax: 2, waitingMax: 8, waitingBytesMax: 100, perLaneWaitingMin: 1 },
        createFakeClock(),
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
