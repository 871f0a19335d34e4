import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeId } from '#base/id.ts';
import type { AccountId, MailboxId } from '#base/id.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { must, mustFail } from '#store/contract-suite/store-under-test.ts';
import { accountSchema } from './account-schema.ts';
import { databaseName } from './account-file.ts';
import { accountsUnderTest } from './account.fixture.ts';
import type { AccountsUnderTest } from './account.fixture.ts';
import { diskFiles } from './files.ts';

const flagsOf = [[], ['\\Seen'], ['\\Seen', '\\Deleted'], [], ['\\Deleted']];

/** An account with five messages in its INBOX and one in Archive, closed, changed by `sql`, and open again. */
async function changed(
  under: AccountsUnderTest,
  sql: readonly string[],
): Promise<{ readonly account: AccountId; readonly inbox: MailboxId; readonly archive: MailboxId }> {
  const account = makeId<AccountId>(under.clock.now(), under.random.bytes(10));
  under.newKey(account);
  must(await under.files.createFile(account));
  const named = new Map(must(await under.files.mailboxes.list(account)).map(({ name, id }) => [name, id]));
  const [inbox, archive] = [named.get('INBOX'), named.get('Archive')];
  assert.ok(inbox !== undefined && archive !== undefined);
  must(
    await under.files.messages.append(
      account,
      inbox,
      flagsOf.map((flags) => sampleMessage({ flags })),
    ),
  );
  must(await under.files.messages.append(account, archive, [sampleMessage()]));
  await under.files.close();
  const file = must(await diskFiles(under.folder).open(databaseName(account), accountSchema, 'existing'));
  file.db.enableDefensive(false);
  for (const each of sql) file.db.exec(each);
  await file.close();
  await under.reopen();
  return { account, inbox, archive };
}

const wrongs: readonly (readonly [what: string, sql: string, said: number])[] = [
  ['too many', 'UPDATE counter SET messages = messages + 3, unseen = 9 WHERE number < 2', 8],
  ['too few', 'UPDATE counter SET messages = messages - 2, bytes = bytes - 7 WHERE number < 2', 3],
  ['more than there can be', 'UPDATE counter SET messages = 300000000 WHERE number = 1', 300_000_000],
  ['below nothing', 'UPDATE counter SET messages = -1, unseen = -5 WHERE number = 1', -1],
];

for (const [what, sql, said] of wrongs)
  test(`a mailbox that counts ${what} is counted anew, told once, and in use`, async () => {
    const under = await accountsUnderTest();
    const { account, inbox, archive } = await changed(under, [sql]);
    const before = must(await under.files.messages.select(account, archive));
    const snapshot = must(await under.files.messages.select(account, inbox));
    assert.deepEqual([...snapshot.uids], [1, 2, 3, 4, 5]);
    assert.deepEqual(under.events, [
      { name: 'mailbox-recounted', account, mailbox: inbox, said, found: flagsOf.length },
    ]);
    const status = must(await under.files.mailboxes.status(account, [inbox])).get(inbox);
    assert.deepEqual([status?.messages, status?.unseen, status?.deleted], [5, 3, 2]);
    assert.equal(status?.sizeBytes, 5 * sampleMessage().summary.sizeBytes);
    assert.deepEqual(must(await under.files.messages.select(account, archive)), before);
    if (what === 'too many') assert.equal(must(await under.files.held(account)).usage.messages, 6);
    must(await under.files.messages.append(account, inbox, [sampleMessage()]));
    await under.files.close();
    await under.reopen();
    assert.equal(must(await under.files.messages.select(account, inbox)).uids.length, 6);
    assert.equal(under.events.length, 1);
    await under.dispose();
  });

test('a mailbox that is miscounted because its file is damaged is out of use', async () => {
  const under = await accountsUnderTest();
  const { account, inbox } = await changed(under, [
    'UPDATE counter SET messages = 4 WHERE number = 1',
    'PRAGMA writable_schema = ON',
    "UPDATE sqlite_schema SET sql = replace(sql, 'flags INTEGER', 'flags TEXT') WHERE name = 'message'",
  ]);
  const trouble = mustFail(await under.files.messages.select(account, inbox), 'fenced');
  assert.match(
    trouble.code === 'fenced' ? trouble.detail : '',
    /count differ.*restore this file from a backup/,
  );
  mustFail(await under.files.mailboxes.list(account), 'fenced');
  assert.deepEqual(under.events, []);
  await under.dispose();
});
