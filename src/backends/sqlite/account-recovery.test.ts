import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '#backends/system/temporary-folder.fixture.ts';
import { makeId } from '#base/id.ts';
import type { AccountId, MailboxId } from '#base/id.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import { accountsUnderTest } from './account.fixture.ts';
import type { AccountsUnderTest } from './account.fixture.ts';
import { diskFiles } from './files.ts';

interface Inbox {
  readonly account: AccountId;
  readonly inbox: MailboxId;
}

async function withInbox(run: (under: AccountsUnderTest, place: Inbox) => Promise<void>): Promise<void> {
  const under = await accountsUnderTest();
  try {
    const account = makeId<AccountId>(under.clock.now(), under.random.bytes(10));
    under.newKey(account);
    must(await under.files.createFile(account));
    const inbox = must(await under.files.mailboxes.list(account)).find(({ name }) => name === 'INBOX')?.id;
    assert.ok(inbox);
    await run(under, { account, inbox });
  } finally {
    await under.dispose();
  }
}

async function walOf(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  return names.find((name) => name.endsWith('-wal')) ?? '';
}

test('a file that is released while others ask for it is there for them', () =>
  withInbox(async ({ files }, { account, inbox }) => {
    const released = files.release(account);
    const meanwhile = files.messages.select(account, inbox);
    await released;
    assert.equal(must(await meanwhile).uids.length, 0);
    must(await files.messages.append(account, inbox, [sampleMessage()]));
  }));

test('STORAGE §2: HIGHESTMODSEQ does not go back over a crash, not even where only flags had changed', () =>
  withInbox(async (under, { account, inbox }) => {
    must(await under.files.messages.append(account, inbox, [sampleMessage()]));
    await under.files.close();
    await under.reopen();
    const other = must(await under.files.mailboxes.create(account, 'Other')).id;
    must(await under.files.messages.append(account, other, [sampleMessage()]));
    const wal = await walOf(under.folder);
    const lastSync = await readFile(join(under.folder, wal));
    must(await under.files.messages.flags(account, inbox, [1], { mode: 'add', flags: ['\\Seen'] }));
    const seen = must(await under.files.messages.select(account, inbox)).highestModSeq;
    const crashed = await temporaryFolder('crash');
    await cp(under.folder, crashed, { recursive: true });
    await writeFile(join(crashed, wal), lastSync);
    await under.files.close();
    await under.reopen(diskFiles(crashed));
    const { flags, highestModSeq } = must(await under.files.messages.select(account, inbox));
    assert.deepEqual([...flags], [0]);
    assert.ok(highestModSeq >= seen, `${highestModSeq} after ${seen}`);
    await under.files.close();
    await under.reopen();
    await rm(crashed, { recursive: true });
  }));
