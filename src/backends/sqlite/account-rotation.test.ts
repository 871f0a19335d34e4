import assert from 'node:assert/strict';
import { it } from 'node:test';
import { makeId } from '#base/id.ts';
import type { AccountId, QueueId } from '#base/id.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { must, mustFail } from '#store/contract-suite/store-under-test.ts';
import { sealedKeyId } from '#store/sealing/sealed-record.ts';
import { databaseName } from './account-file.ts';
import type { AccountKey } from './open-account.ts';
import { sealedColumns } from './account-rotation.ts';
import { accountSchema } from './account-schema.ts';
import { accountsUnderTest } from './account.fixture.ts';
import { diskFiles } from './files.ts';

void it("rotation of an account's key seals every record anew, and may be repeated", async () => {
  const under = await accountsUnderTest();
  const account = makeId<AccountId>(under.clock.now(), under.random.bytes(10));
  const old = under.newKey(account);
  must(await under.files.createFile(account));
  const inbox = must(await under.files.mailboxes.list(account)).find(({ name }) => name === 'INBOX')?.id;
  assert.ok(inbox);
  const queueId = makeId<QueueId>(under.clock.now(), under.random.bytes(10));
  const key = { queueId, recipient: 'user@example.test' };
  const plan = { into: [{ mailbox: 'INBOX', flags: ['word'] }] };
  must(await under.files.messages.deliver(account, sampleMessage(), plan, key));
  must(
    await under.files.messages.append(
      account,
      inbox,
      Array.from({ length: 300 }, () => sampleMessage({ body: 'Text\r\n' })),
    ),
  );
  must(await under.files.tend(account));

  const active = under.newKey(account);
  under.keys.set(account, { ...active, retired: [old] } as AccountKey);
  await under.files.release(account);
  const before = must(
    await under.files.messages.read(account, inbox, [1, 200], new Set(['summary', 'body']), 2),
  );
  assert.ok(must(await under.files.reseal(account)) > 600);
  assert.equal(must(await under.files.reseal(account)), 0);

  under.keys.set(account, active);
  await under.files.release(account);
  assert.deepEqual(
    must(await under.files.messages.read(account, inbox, [1, 200], new Set(['summary', 'body']), 2)),
    before,
  );
  assert.equal(
    must(await under.files.messages.search(account, inbox, { kind: 'text', field: 'body', value: 'text' }))
      .length,
    300,
  );
  assert.equal(must(await under.files.messages.deliver(account, sampleMessage(), plan, key)), 'already');
  assert.deepEqual(must(await under.files.messages.select(account, inbox)).keywords, ['word']);

  // Every cell that looks sealed is in the list, and under the new key.
  await under.files.release(account);
  const file = must(await diskFiles(under.folder).open(databaseName(account), accountSchema, 'existing'));
  const listed = new Set(sealedColumns.map(({ table, column }) => `${table}.${column}`));
  for (const { name } of file.db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()) {
    for (const row of file.db.prepare(`SELECT * FROM ${String(name)}`).all()) {
      for (const [column, value] of Object.entries(row)) {
        const id = value instanceof Uint8Array ? sealedKeyId(value) : undefined;
        if (id !== undefined)
          assert.ok(listed.has(`${String(name)}.${column}`) && id === active.id, `${String(name)}.${column}`);
      }
    }
  }
  await file.close();

  under.keys.set(account, old);
  await under.files.release(account);
  mustFail(await under.files.mailboxes.list(account), 'fenced');
  await under.dispose();
});
