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

function makeWorld() {
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const { settings: stored } = createMemoryStore({ clock, random });
  const told: Event[] = [];
  const events = { emit: (event: Event) => void told.push(event) };
  const world = { clock, random, events } as unknown as World;
  return { clock, stored, told, world, settings: new LiveSettings(stored, events) };
}

test('N-3: what comes through all its stages becomes the setting of all mail, over a restart in between', async () => {
  const { clock, stored, told, world, settings } = makeWorld();
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

for (const share of [50, 100])
  test(`N-3: at ${share} % a stage that falls due while the server is down is watched for its full time first`, async () => {
    const { clock, stored, world, settings } = makeWorld();
    const before = await openTrials(stored, settings, world);
    const trial = before.book.start({ 'policy.spf.action': 'junk' }, hourMs);
    assert.ok(trial !== 'full');
    before.book.stage(trial.id, { share, everyMs: hourMs, keptOutPercentMax: 1 });
    await before.kept();
    await clock.advance(3 * hourMs);

    const trials = await openTrials(stored, settings, world);
    const ending = new AbortController();
    const tending = tendTrials({ trials, stored, settings, world }, ending.signal);
    await clock.advance(hourMs - 10_000);
    assert.equal(trials.book.find(trial.id)?.state, 'stage');
    assert.equal(trials.book.find(trial.id)?.share, share);
    await clock.advance(20_000);
    const { state, share: then } = trials.book.find(trial.id) ?? assert.fail('it is gone');
    assert.deepEqual([state, then], share === 50 ? ['stage', 100] : ['applied', 100]);
    ending.abort();
    await clock.advance(10_000);
    await tending;
  });

test('N-3: a shadow that falls due while the server is down sees its full time of mail', async () => {
  const { clock, stored, world, settings } = makeWorld();
  const before = await openTrials(stored, settings, world);
  const trial = before.book.start({ 'policy.spf.action': 'junk' }, hourMs);
  assert.ok(trial !== 'full');
  await before.kept();
  await clock.advance(3 * hourMs);
  const { book } = await openTrials(stored, settings, world);
  book.resume();
  book.tend();
  assert.equal(book.find(trial.id)?.state, 'shadow');
  await clock.advance(hourMs);
  book.tend();
  assert.equal(book.find(trial.id)?.state, 'ended');
});
