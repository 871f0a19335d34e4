import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import type { Settings } from '#store/contract/store.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import { KeptRows } from './kept-rows.ts';

test('what changes in the moment in which a writing ends is written too', async () => {
  const { settings: stored } = createMemoryStore({ clock: createFakeClock(), random: createFakeRandom(1) });
  const after = (turns: number, act: () => void): void =>
    queueMicrotask(turns === 0 ? act : () => after(turns - 1, act));
  for (let turns = 0; turns < 12; turns += 1) {
    const key = `late ${turns}`;
    let isWritten = false;
    const settings: Settings = {
      get: (name) => stored.get(name),
      list: () => stored.list(),
      set: (name, value, version) => {
        const written = stored.set(name, value, version);
        if (!isWritten) void written.then(() => after(turns, () => rows.changed(key, { key })));
        isWritten = true;
        return written;
      },
    };
    const parts = { settings, namePrefix: `rows${turns}.kept_`, failed: () => assert.fail() };
    const read = (row: unknown) => ({ row, key: (row as { readonly key: string }).key });
    const rows = new KeptRows({ ...parts, read });
    rows.changed('first', { key: 'first' });
    await rows.flush();
    await new Promise(setImmediate);
    const kept = await new KeptRows({ ...parts, read }).load();
    assert.deepEqual(kept.map((row) => read(row).key).toSorted(), ['first', key]);
  }
});
