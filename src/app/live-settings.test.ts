import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { policySettings } from '#policy/policy-settings.ts';
import { livePolicyValues } from '#policy/read-policy-values.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { silentEvents } from '#trace/events.ts';
import { LiveSettings } from './live-settings.ts';

function live() {
  const store = createMemoryStore({ clock: createFakeClock(), random: createFakeRandom(1) });
  return { store, settings: new LiveSettings(store.settings, silentEvents) };
}

test('P-33: what was changed counts from the next reading on, for the values of policy too', async () => {
  const { store, settings } = live();
  const values = livePolicyValues(settings);
  const group = settings.view(policySettings);
  assert.deepEqual([values.junkScore, values.check('spf').action, group.junkScore], [10, 'refuse', 10]);
  await store.settings.set('policy.junk_score', 7, 0);
  await store.settings.set('policy.spf.action', 'note', 0);
  await settings.reload();
  assert.deepEqual([values.junkScore, values.check('spf').action, group.junkScore], [7, 'note', 7]);
});

test('settings are read once for each change, not for each message', () => {
  const { settings } = live();
  let reads = 0;
  const values = livePolicyValues({
    value(row) {
      reads += 1;
      return settings.value(row);
    },
    get version() {
      return settings.version;
    },
  });
  assert.equal(values.check('spf').weight, 5);
  const once = reads;
  for (let i = 0; i < 100; i += 1) assert.ok(values.junkScore + values.check('dmarc').weight > 0);
  assert.equal(reads, once);
});
