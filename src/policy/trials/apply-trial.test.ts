import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err } from '#base/result.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { Settings } from '#store/contract/store.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { applyTrial } from './apply-trial.ts';

const changes = { 'policy.spf.action': 'junk', 'policy.iprev.action': 'score', 'policy.junk_score': 7 };

test('N-3: of a trial all settings are made those of all mail, or none', async () => {
  const { settings } = createMemoryStore({ clock: createFakeClock(), random: createFakeRandom(1) });
  await settings.set('policy.spf.action', 'note', 0);
  const value = async (name: string): Promise<unknown> => {
    const got = await settings.get(name);
    return got.ok ? got.value?.value : got.error.code;
  };
  const values = async () => await Promise.all(Object.keys(changes).map(value));
  const troubled: Settings = {
    get: (name) => settings.get(name),
    list: () => settings.list(),
    set: async (name, to, version) =>
      name === 'policy.junk_score'
        ? err({ code: 'disk-full', detail: 'none left' })
        : await settings.set(name, to, version),
  };
  assert.ok(!(await applyTrial(troubled, { changes })).ok);
  assert.deepEqual(await values(), ['note', undefined, undefined]);
  assert.ok((await applyTrial(settings, { changes })).ok);
  assert.deepEqual(await values(), ['junk', 'score', 7]);
});
