import assert from 'node:assert/strict';
import { mkdir, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import type { Blobs } from '#platform/blobs.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeSecrets } from '#platform/fake-secrets.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { createInbox, must } from '#store/contract-suite/store-under-test.ts';
import type { NewMessage, SearchQuery } from '#store/contract/messages.ts';
import type { Event } from '#trace/events.ts';
import { openSqliteStore } from './sqlite-store.ts';

async function large(blobs: Blobs): Promise<NewMessage> {
  const message = sampleMessage({ body: 'needle '.repeat(20_000) });
  assert.ok(message.body.kind === 'bytes');
  const writer = blobs.create();
  await writer.write(message.body.bytes);
  const committed = await writer.commit();
  assert.ok(committed.ok);
  return { ...message, body: { kind: 'blob', ...committed.value } };
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
}

/** What may become of a body's file. */
const damages: readonly (readonly [what: string, damage: (file: string) => Promise<unknown>])[] = [
  ['missing', (file) => rm(file)],
  ['empty', (file) => truncate(file, 0)],
  ['cut', (file) => truncate(file, 70_000)],
  ['a folder', (file) => rm(file).then(() => mkdir(file))],
];

test('bodies that cannot be read are passed over by a search, each told once; the others are found', async () => {
  const dir = await temporaryFolder('lost');
  const clock = createFakeClock();
  const random = createFakeRandom(1);
  const events: Event[] = [];
  const sink = { emit: (event: Event) => void events.push(event) };
  const options = {
    dir,
    secrets: createFakeSecrets(1),
    clock,
    random,
    threads: 'inline',
    events: sink,
  } as const;
  const store = must(await openSqliteStore(options));
  const { account, inbox } = await createInbox({ store, clock, random, dispose: () => store.close() });
  const query: SearchQuery = { kind: 'text', field: 'body', value: 'needle' };
  const bodies = join(dir, 'bodies');
  for (const [, damage] of damages) {
    const before = new Set(await filesBelow(bodies));
    must(await store.messages.append(account, inbox, [await large(store.blobs)]));
    for (const file of await filesBelow(bodies)) if (!before.has(file)) await damage(file);
  }
  must(
    await store.messages.append(account, inbox, [
      await large(store.blobs),
      sampleMessage({ body: 'needle' }),
    ]),
  );
  for (let time = 0; time < 3; time += 1) {
    const found: Uint32Array = must(await store.messages.search(account, inbox, query));
    assert.deepEqual([...found], [damages.length + 1, damages.length + 2]);
  }
  const told = events.filter((event) => event.name === 'body-unreadable');
  assert.equal(told.length, damages.length);
  assert.ok(told.every((event) => event.account === account));
  assert.equal(new Set(told.map(({ file }) => file)).size, damages.length);
  assert.equal(events.length, told.length, 'the account is not out of use');
  await store.close();
  await rm(dir, { recursive: true });
});
