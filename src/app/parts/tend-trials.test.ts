import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Event } from '#trace/events.ts';
import { LiveSettings } from '../live-settings.ts';
import { openTrials } from './open-trials.ts';
import { tendTrials } from './tend-trials.ts';
import type { World } from './world.ts';

const hourMs = 3_600_000;

test('N-3: what comes through all its stages becomes the setting of all mail, over a restart in between', async () => {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const { settings: stored } = createMemoryStore({ clock, random });
  const told: Event[] = [];
  const world = {
    clock,
    random,
    events: { emit: (event: Event) => void told.push(event) },
  } as unknown as World;
  const settings = new LiveSettings(stored, world.events);

  const before = await openTrials(stored, settings, world);
  const trial = before.book.start({ 'policy.spf.action': 'junk' }, hourMs);
  assert.ok(trial !== 'full');
  before.book.stage(trial.id, { share: 50, everyMs: hourMs, keptOutPercentMax: 1 });
  await before.kept();

  const trials = await openTrials(stored, settings, world);
  assert.equal(trials.book.running[0]?.share, 50);
  const ending = new AbortController();
  const tending = tendTrials({ trials, stored, settings, world }, ending.signal);
  for (let step = 0; step < 2; step += 1) await clock.advance(hourMs + 10_000);
  const set = await stored.get('policy.spf.action');
  assert.equal(set.ok && set.value?.value, 'junk');
  assert.equal(trials.book.find(trial.id)?.state, 'applied');
  assert.deepEqual(trials.book.running, []);
  assert.ok(told.some((event) => event.name === 'setting-changed' && event.setting === 'policy.spf.action'));
  ending.abort();
  await clock.advance(10_000);
  await tending;
});
