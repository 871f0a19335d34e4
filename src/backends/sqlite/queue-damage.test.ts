import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import { queueEntry, remote } from '#store/contract-suite/queue-tests.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import { masterSecrets } from '#store/sealing/master-secrets.ts';
import { keyBytes } from '#store/sealing/purpose-key.ts';
import { diskFiles } from './files.ts';
import { queueSchema } from './queue-schema.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { SqliteStore } from './sqlite-store.ts';

const clock = systemClock();
const random = systemRandom();
const secrets = masterSecrets(random.bytes(keyBytes), random);

/** A queue of one message, whose column is damaged before the next start. */
async function withDamage(
  column: 'meta' | 'body',
  run: (store: SqliteStore) => Promise<void>,
): Promise<void> {
  const dir = await temporaryFolder('queue-damage');
  const open = async () => must(await openSqliteStore({ dir, secrets, clock, random, threads: 'inline' }));
  try {
    const first = await open();
    const under = { store: first, clock: clock as never, random, dispose: async () => undefined };
    must(await first.queue.add(queueEntry(under, [remote('a'), remote('b')])));
    await first.close();
    const file = must(await diskFiles(dir).open('queue', queueSchema, 'existing'));
    file.db.exec(`UPDATE entry SET ${column} = zeroblob(length(${column}))`);
    await file.close();
    const store = await open();
    await run(store);
    await store.close();
  } finally {
    await rm(dir, { recursive: true });
  }
}

for (const column of ['meta', 'body'] as const) {
  test(`an entry whose ${column} is damaged is held, shown with the reason, and can be dropped`, () =>
    withDamage(column, async ({ queue }) => {
      assert.deepEqual(must(await queue.lease(clock.now(), 9, 'me', clock.now() + 1e6)), []);
      assert.equal(must(await queue.counts()).held, 2);
      const [item, another] = must(await queue.list({ state: 'held' }, undefined, 9)).items;
      assert.ok(item !== undefined && another === undefined);
      assert.match(item.damage ?? item.recipients[0]?.last?.reply ?? '', /damaged/);
      assert.deepEqual(must(await queue.get(item.id)), item);
      assert.deepEqual(must(await queue.lease(clock.now() + 1e9, 9, 'me', clock.now() + 2e9)), []);
      must(await queue.drop(item.id));
      assert.deepEqual(must(await queue.list({}, undefined, 9)).items, []);
    }));
}
