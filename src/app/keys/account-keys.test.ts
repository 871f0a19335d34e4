import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteStore } from '#backends/sqlite/sqlite-store.ts';
import type { SqliteStore } from '#backends/sqlite/sqlite-store.ts';
import { systemClock } from '#backends/system/system-clock.ts';
import { systemRandom } from '#backends/system/system-random.ts';
import { queueEntry, remote } from '#store/contract-suite/queue-tests.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { createAccount, mailboxId, must } from '#store/contract-suite/store-under-test.ts';
import { masterSecrets } from '#store/sealing/master-secrets.ts';
import { keyBytes } from '#store/sealing/purpose-key.ts';
import { AccountKeys } from './account-keys.ts';

const random = systemRandom();
const dayMs = 86_400_000;

test('a rotation gives every account a new key, is taken up again when broken off, and forgets the old keys when nothing needs them', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'postern-account-keys-'));
  const machine = systemClock();
  let aheadMs = 0;
  const clock = { ...machine, now: () => machine.now() + aheadMs };
  const secrets = masterSecrets(random.bytes(keyBytes), random);
  const open = async (): Promise<SqliteStore> =>
    must(await openSqliteStore({ dir, secrets, clock, random, threads: 'inline' }));
  let store = await open();
  try {
    const under = { store, clock: clock as never, random, dispose: async () => undefined };
    const accounts = [await createAccount(under, 'one'), await createAccount(under, 'two')].map(
      ({ id }) => id,
    );
    const [one, two] = accounts;
    assert.ok(one !== undefined && two !== undefined);
    for (const id of accounts)
      must(
        await store.messages.append(id, await mailboxId(under, id, 'INBOX'), [
          sampleMessage(),
          sampleMessage(),
        ]),
      );
    const submitted = { ...queueEntry(under, [remote('a')]), submitter: one };
    must(await store.queue.add(submitted));
    const old = accounts.map((id) => must(store.keys.account(id)).active.id);
    aheadMs += 1000;

    // Broken off after the first record of the second account: the process is gone, its state is on disk.
    const broken = new AccountKeys(store, clock);
    let resealed = 0;
    const files = { ...store.accountFiles };
    const failing = {
      ...store,
      accountFiles: {
        ...files,
        reseal: async (id: typeof one) =>
          resealed++ === 0 ? files.reseal(id) : Promise.reject(new Error('killed')),
      },
    };
    await assert.rejects(
      new AccountKeys(failing, clock).rotate(() => undefined),
      /killed/,
    );
    assert.equal(must(await broken.forgetReplaced(30 * dayMs)), 0);
    await store.close();
    store = await open();
    const keys = new AccountKeys(store, clock);
    must(await keys.resume());
    assert.equal(must(await keys.resume()), 0, 'it is done');
    for (const [n, id] of accounts.entries()) {
      const set = must(store.keys.account(id));
      assert.notEqual(set.active.id, old[n]);
      assert.equal(set.retired.length, 1, 'renewed once, though begun twice');
      assert.equal(must(await store.accountFiles.reseal(id)), 0);
      const inbox = await mailboxId({ ...under, store }, id, 'INBOX');
      assert.equal(
        must(await store.messages.read(id, inbox, [1, 2], new Set(['body'] as const), 2)).length,
        2,
      );
    }

    assert.equal(must(await keys.forgetReplaced(30 * dayMs)), 0, 'traces may still need them');
    aheadMs += 31 * dayMs;
    assert.equal(must(await keys.forgetReplaced(30 * dayMs)), 1, 'what waits in the queue needs the first’s');
    assert.equal(must(store.keys.account(one)).retired.length, 1);
    assert.equal(must(store.keys.account(two)).retired.length, 0);
    must(await store.queue.drop(submitted.id));
    assert.equal(must(await keys.forgetReplaced(30 * dayMs)), 1);
    await store.close();
    for (const name of await readdir(dir, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const bytes = await readFile(join(name.parentPath, name.name));
      for (const id of old)
        for (const form of [id, Buffer.from(id, 'hex')]) assert.ok(!bytes.includes(form), name.name);
    }
    store = await open();
    for (const id of accounts) {
      const inbox = await mailboxId({ ...under, store }, id, 'INBOX');
      assert.equal(
        must(await store.messages.read(id, inbox, [1, 2], new Set(['body'] as const), 2)).length,
        2,
      );
    }
  } finally {
    await store.close();
    await rm(dir, { recursive: true });
  }
});
