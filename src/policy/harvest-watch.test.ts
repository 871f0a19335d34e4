import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { HarvestWatch } from './harvest-watch.ts';

const hourMs = 60 * 60_000;

test('S-07: recipients are counted by address and by network', async () => {
  const clock = createFakeClock();
  const watch = new HarvestWatch(clock);
  for (let i = 0; i < 30; i += 1) watch.asked('203.0.113.5', 'unknown');
  watch.asked('203.0.113.9', 'known');
  watch.asked('203.0.113.5', 'known');
  assert.deepEqual(watch.of('203.0.113.5'), { unknown: 30, known: 1, network: { unknown: 30, known: 2 } });
  const neighbour = { unknown: 0, known: 0, network: { unknown: 30, known: 2 } };
  assert.deepEqual(watch.of('203.0.113.9'), neighbour, 'a neighbour pays for nobody');
  assert.equal(watch.of('203.0.114.5').network?.unknown, 0);
  await clock.advance(2 * hourMs);
  assert.equal(watch.of('203.0.113.5').unknown, 0);
});

test('what says nothing of guessing is not counted', () => {
  const watch = new HarvestWatch(createFakeClock());
  watch.asked('203.0.113.5', 'uncounted');
  assert.equal(watch.of('203.0.113.5').network?.unknown, 0);
});
