import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BlobId, QueueId } from '#base/id.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { queueEntry, remote } from '#store/contract-suite/queue-tests.ts';
import { traceRecord } from '#store/contract-suite/record-tests.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import {
  address,
  createAccount,
  mailboxId,
  must,
  mustFail,
  newId,
} from '#store/contract-suite/store-under-test.ts';
import { masterSecrets } from '#store/sealing/master-secrets.ts';
import { keyBytes } from '#store/sealing/purpose-key.ts';
import { directorySchema } from './directory-schema.ts';
import { diskFiles } from './files.ts';
import { clock, inFolder, random, secrets } from './store-folder.fixture.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { SqliteStore } from './sqlite-store.ts';

test('everything is there again after a restart', () =>
  inFolder(async (open) => {
    const first = await open();
    const account = await createAccount(first, 'user');
    const inbox = await mailboxId(first, account.id, 'INBOX');
    must(await first.store.aliases.create(address('alias'), [address('user')], false));
    must(
      await first.store.messages.append(account.id, inbox, [sampleMessage({ flags: ['\\Seen', 'work'] })]),
    );
    must(await first.store.settings.set('a.setting', { value: 1 }, 0));
    must(await first.store.counters.add('key', 3, 60_000, clock.now()));
    const record = traceRecord(first, {});
    first.store.traces.add(record);
    const before = must(await first.store.messages.select(account.id, inbox));
    await first.dispose();

    const { store } = await open();
    assert.deepEqual(must(await store.accounts.get(account.id)), JSON.parse(JSON.stringify(account)));
    const resolution = must(await store.accounts.resolve(address('ALIAS+x')));
    assert.deepEqual(resolution, {
      kind: 'targets',
      targets: [{ kind: 'account', account: account.id, detail: 'x' }],
    });
    const after = must(await store.messages.select(account.id, inbox));
    assert.deepEqual(
      [[...after.uids], [...after.flags], after.keywords],
      [[...before.uids], [...before.flags], ['work']],
    );
    assert.ok(after.uidNext >= before.uidNext);
    assert.deepEqual(must(await store.settings.get('a.setting')), { value: { value: 1 }, version: 1 });
    assert.deepEqual(must(await store.counters.read(['key'], clock.now())), [3]);
    assert.deepEqual(must(await store.traces.get(record.id)), record);
  }));

test('leases of the last process are due at once, in queue order', () =>
  inFolder(async (open) => {
    const first = await open();
    const ids: QueueId[] = [];
    for (let n = 0; n < 3; n += 1) {
      const entry = queueEntry(first, [remote('a')]);
      ids.push(entry.id);
      must(await first.store.queue.add(entry, { owner: 'gone', untilMs: clock.now() + 1e9 }));
    }
    await first.dispose();
    const { store } = await open();
    const leases = must(await store.queue.lease(clock.now(), 9, 'me', clock.now() + 1e3));
    assert.deepEqual(
      leases.map(({ entry }) => entry.id),
      ids,
    );
  }));

test('one data folder is open once', () =>
  inFolder(async (open, dir) => {
    await open();
    mustFail(await openSqliteStore({ dir, secrets, clock, random, threads: 'inline' }), 'unavailable');
  }));

test('a folder of another master key stays shut', () =>
  inFolder(async (open, dir) => {
    await (await open()).dispose();
    const other = masterSecrets(random.bytes(keyBytes), random);
    mustFail(await openSqliteStore({ dir, secrets: other, clock, random, threads: 'inline' }), 'unavailable');
  }));

test('what a crash left half made or half removed is removed at the start', () =>
  inFolder(async (open) => {
    const first = await open();
    const kept = await createAccount(first, 'kept');
    const removed = await createAccount(first, 'removed');
    const orphan = newId<typeof kept.id>(first);
    must(first.store.keys.createAccount(orphan));
    must(await first.store.accountFiles.createFile(orphan));
    must(first.store.keys.destroyAccount(removed.id));
    // Not even the folder of its file was made.
    must(first.store.keys.createAccount(newId(first)));
    await first.dispose();
    const { store } = await open();
    assert.deepEqual(store.keys.accounts(), [kept.id]);
    assert.deepEqual(
      must(await store.accounts.list(undefined, 9)).items.map(({ id }) => id),
      [kept.id],
    );
    must(await store.mailboxes.list(kept.id));
    mustFail(await store.mailboxes.list(orphan), 'not-found');
    mustFail(await store.accounts.byAddress(address('removed')), 'not-found');
  }));

test('a directory older than an account destroys nothing of it', () =>
  inFolder(async (open, dir) => {
    await (await open()).dispose();
    const older = await readFile(join(dir, 'directory.db'));
    const first = await open();
    const account = await createAccount(first, 'user');
    const inbox = await mailboxId(first, account.id, 'INBOX');
    must(await first.store.messages.append(account.id, inbox, [sampleMessage()]));
    await first.dispose();
    await writeFile(join(dir, 'directory.db'), older);
    const { store } = await open();
    assert.deepEqual(store.keys.accounts(), [account.id]);
    assert.equal(must(await store.messages.select(account.id, inbox)).uids.length, 1);
  }));

test('I-03: exchanged rows of the directory do not open', () =>
  inFolder(async (open, dir) => {
    const first = await open();
    await createAccount(first, 'one');
    await createAccount(first, 'two');
    await first.dispose();
    const file = must(await diskFiles(dir).open('directory', directorySchema, 'existing'));
    const rows = file.db.prepare('SELECT id, sealed FROM account').all();
    const update = file.db.prepare('UPDATE account SET sealed = ? WHERE id = ?');
    update.run(rows[0]?.sealed ?? null, rows[1]?.id ?? null);
    update.run(rows[1]?.sealed ?? null, rows[0]?.id ?? null);
    await file.close();
    mustFail(await openSqliteStore({ dir, secrets, clock, random, threads: 'inline' }), 'fenced');
  }));

test('after a rotation of the master key only the new one opens', () =>
  inFolder(async (open, dir) => {
    const first = await open();
    const account = await createAccount(first, 'user');
    const next = masterSecrets(random.bytes(keyBytes), random);
    assert.ok(must(await first.store.rewrap(next)) >= 7);
    must(await first.store.mailboxes.list(account.id));
    await first.dispose();
    mustFail(await openSqliteStore({ dir, secrets, clock, random, threads: 'inline' }), 'unavailable');
    const store = must(await openSqliteStore({ dir, secrets: next, clock, random, threads: 'inline' }));
    must(await store.mailboxes.list(account.id));
    await store.close();
  }));

test('bodies that nobody names are swept after a day, the others stay', () =>
  inFolder(async (_open, dir) => {
    const fake = createFakeClock();
    const store = must(await openSqliteStore({ dir, secrets, clock: fake, random, threads: 'inline' }));
    try {
      const under = { store, clock: fake, random, dispose: () => store.close() };
      const [queued, lost] = [await body(store), await body(store)];
      must(await store.queue.add({ ...queueEntry(under, [remote('a')]), body: { kind: 'blob', ...queued } }));
      await store.blobs.remove(queued.id);
      assert.equal(must(await store.sweepBodies()), 0);
      fake.jump(2 * 86_400_000);
      assert.equal(must(await store.sweepBodies()), 1);
      for await (const frame of store.blobs.open(lost.id, lost.key)) assert.ok(!frame.ok);
      const [lease] = must(await store.queue.lease(fake.now(), 1, 'me', fake.now() + 1));
      assert.ok(lease?.entry.body.kind === 'blob');
      for await (const frame of store.blobs.open(lease.entry.body.id, lease.entry.body.key))
        assert.ok(frame.ok);
    } finally {
      await store.close();
    }
  }));

async function body(
  store: SqliteStore,
): Promise<{ readonly id: BlobId; readonly key: Uint8Array; readonly sizeBytes: number }> {
  const writer = store.blobs.create();
  await writer.write(Buffer.alloc(100_000, 'x'));
  const committed = await writer.commit();
  assert.ok(committed.ok);
  return committed.value;
}
