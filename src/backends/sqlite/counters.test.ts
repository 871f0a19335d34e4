import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeSecrets } from '#platform/fake-secrets.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import { silentEvents } from '#trace/events.ts';
import { openCounters } from './counters.ts';
import { diskFiles, openMemory } from './files.ts';
import { keysSchema } from './keys-schema.ts';
import { openKeys } from './keys.ts';
import { startInThread } from './thread-start.ts';
import { kind } from './traces-worker.ts';

const minuteMs = 60_000;

test('the table holds what counts and no more, pruned slice by slice while the server runs (S-09)', async () => {
  const folder = await temporaryFolder('counters');
  const clock = createFakeClock();
  const random = createFakeRandom(5);
  const context = { clock, random, files: diskFiles(folder) };
  const worker = must(await startInThread(kind, { init: { mode: 'create' }, context }));
  const file = must(openMemory('keys', keysSchema));
  const keys = must(openKeys({ file, secrets: createFakeSecrets(1), clock, random }));
  const parts = { worker, keys, clock, events: silentEvents, keptMax: 3_000 };
  const rows = async () =>
    must(await worker.call.counterSlice({ after: new Uint8Array(0), limit: 1e6 })).length;
  const counters = must(await openCounters(parts));
  for (let n = 0; n < 2_500; n += 1)
    must(await counters.add(`key ${n}`, 1, n % 5 === 0 ? 60 * minuteMs : minuteMs, clock.now()));
  await counters.flush();
  assert.equal(await rows(), 2_500);
  assert.equal(must(await counters.prune(clock.now())), 0, 'nothing that counts');
  await clock.advance(5 * minuteMs);
  assert.equal(must(await counters.prune(clock.now())), 2_000);
  assert.equal(await rows(), 500);
  assert.deepEqual(must(await counters.read(['key 0', 'key 1'], clock.now())), [1, 0]);
  // More keys than may be kept: those that were forgotten leave the file, too.
  for (let n = 0; n < 4_000; n += 1) must(await counters.add(`flood ${n}`, 1, minuteMs, clock.now()));
  await counters.flush();
  must(await counters.add('after', 1, minuteMs, clock.now()));
  await counters.flush();
  must(await counters.prune(clock.now()));
  assert.ok((await rows()) <= 3_000, `${await rows()}`);
  assert.deepEqual(must(await counters.read(['after'], clock.now())), [1]);
  const again = must(await openCounters(parts));
  assert.deepEqual(must(await again.read(['key 0', 'after'], clock.now())), [1, 1]);
  await worker.close();
  await rm(folder, { recursive: true });
});
