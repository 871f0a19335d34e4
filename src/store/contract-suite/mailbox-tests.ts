import assert from 'node:assert/strict';
import type { AccountId } from '#base/id.ts';
import { mailboxLevelsMax, mailboxNameBytesMax } from '../mailbox-name.ts';
import { sampleMessage } from './sample-message.ts';
import { createInbox, mailboxId, must, mustFail } from './store-under-test.ts';
import type { StoreTest, StoreUnderTest } from './store-under-test.ts';

const standard = ['Archive', 'Drafts', 'INBOX', 'Junk', 'Sent', 'Trash'];

export function mailboxTests(test: StoreTest): void {
  test('a mailbox is made with its missing parents', async (under) => {
    const { account } = await createInbox(under);
    const made = must(await under.store.mailboxes.create(account, 'a/b/c'));
    assert.equal(made.name, 'a/b/c');
    assert.equal(made.subscribed, false);
    assert.deepEqual(await names(under, account), [...standard, 'a', 'a/b', 'a/b/c'].sort());
    mustFail(await under.store.mailboxes.create(account, 'a/b'), 'exists');
    mustFail(await under.store.mailboxes.create(account, 'More', '\\Sent'), 'exists');
    assert.equal(must(await under.store.mailboxes.create(account, 'All', '\\All')).specialUse, '\\All');
  });

  test('names are NFC, INBOX has one case, and bad names are refused', async (under) => {
    const { account } = await createInbox(under);
    assert.equal(must(await under.store.mailboxes.create(account, 'Entwu\u0308rfe')).name, 'Entw\u00fcrfe');
    mustFail(await under.store.mailboxes.create(account, 'Entw\u00fcrfe'), 'exists');
    mustFail(await under.store.mailboxes.create(account, 'inbox'), 'exists');
    assert.equal(must(await under.store.mailboxes.create(account, 'Inbox/Lists')).name, 'INBOX/Lists');
    for (const name of ['', '/', 'a/', '/a', 'a//b', 'a\u0000b', 'a\nb', 'a\u007f', '\ud800', 'x\u202ey']) {
      mustFail(await under.store.mailboxes.create(account, name), 'invalid');
    }
    mustFail(await under.store.mailboxes.create(account, 'x'.repeat(mailboxNameBytesMax + 1)), 'limit');
    must(await under.store.mailboxes.create(account, 'x'.repeat(mailboxNameBytesMax)));
    const deep = Array.from({ length: mailboxLevelsMax }, () => 'd').join('/');
    mustFail(await under.store.mailboxes.create(account, `${deep}/d`), 'limit');
    must(await under.store.mailboxes.create(account, deep));
  });

  test('a rename takes all below along and keeps ids, UIDs and UIDVALIDITY', async (under) => {
    const { store } = under;
    const { account } = await createInbox(under);
    const top = must(await store.mailboxes.create(account, 'top'));
    const below = must(await store.mailboxes.create(account, 'top/below/deep'));
    must(await store.mailboxes.create(account, 'topless'));
    must(await store.messages.append(account, below.id, [sampleMessage()]));
    must(await store.mailboxes.rename(account, top.id, 'new/place'));
    assert.deepEqual(
      await names(under, account),
      [...standard, 'new', 'new/place', 'new/place/below', 'new/place/below/deep', 'topless'].sort(),
    );
    const list = must(await store.mailboxes.list(account));
    const moved = list.find(({ id }) => id === below.id);
    assert.deepEqual(moved, { ...below, name: 'new/place/below/deep' });
    assert.deepEqual([...must(await store.messages.select(account, below.id)).uids], [1]);
    mustFail(await store.mailboxes.rename(account, top.id, 'topless'), 'exists');
    mustFail(await store.mailboxes.rename(account, top.id, 'new/place/below/inner'), 'invalid');
    mustFail(await store.mailboxes.rename(account, top.id, 'a//b'), 'invalid');
    must(await store.mailboxes.remove(account, top.id));
    mustFail(await store.mailboxes.rename(account, top.id, 'again'), 'not-found');
  });

  test('renaming INBOX moves its messages into a new mailbox', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    must(await store.mailboxes.create(account, 'INBOX/below'));
    must(
      await store.messages.append(account, inbox, [
        sampleMessage({ flags: ['\\Seen', 'work'] }),
        sampleMessage(),
      ]),
    );
    const before = must(await store.messages.select(account, inbox));
    must(await store.mailboxes.rename(account, inbox, 'old/mail'));
    const old = must(await store.messages.select(account, await mailboxId(under, account, 'old/mail')));
    assert.equal(old.uids.length, 2);
    assert.deepEqual(old.keywords, ['work']);
    assert.deepEqual([...old.flags], [...before.flags]);
    const after = must(await store.messages.select(account, inbox));
    assert.equal(after.uids.length, 0);
    assert.equal(after.uidNext, 3);
    assert.ok(after.highestModSeq > before.highestModSeq);
    assert.deepEqual(must(await store.changes.since(account, inbox, before.highestModSeq)).vanished, [1, 2]);
    assert.ok((await names(under, account)).includes('INBOX/below'));
  });

  test('a removed mailbox takes its messages along, what is below stays, and a new one is another', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const made = must(await store.mailboxes.create(account, 'box'));
    must(await store.mailboxes.create(account, 'box/below'));
    must(await store.messages.append(account, made.id, [sampleMessage()]));
    must(await store.mailboxes.remove(account, made.id));
    assert.deepEqual(await names(under, account), [...standard, 'box/below']);
    assert.deepEqual(must(await store.accounts.usage(account)), { bytes: 0, messages: 0 });
    mustFail(await store.messages.select(account, made.id), 'not-found');
    mustFail(await store.mailboxes.remove(account, made.id), 'not-found');
    mustFail(await store.mailboxes.remove(account, inbox), 'invalid');
    assert.equal(must(await store.changes.since(account, made.id, 0)).gone, true);
    const again = must(await store.mailboxes.create(account, 'box'));
    assert.notEqual(again.id, made.id);
    assert.ok(again.uidValidity > made.uidValidity);
  });

  test('subscriptions are names and outlive their mailbox', async (under) => {
    const { store } = under;
    const { account } = await createInbox(under);
    const made = must(await store.mailboxes.create(account, 'box'));
    must(await store.mailboxes.subscribe(account, 'box', true));
    must(await store.mailboxes.subscribe(account, 'never/made', true));
    must(await store.mailboxes.subscribe(account, 'Junk', false));
    must(await store.mailboxes.subscribe(account, 'Junk', false));
    mustFail(await store.mailboxes.subscribe(account, 'a//b', true), 'invalid');
    assert.ok(must(await store.mailboxes.list(account)).find(({ id }) => id === made.id)?.subscribed);
    must(await store.mailboxes.remove(account, made.id));
    assert.deepEqual(must(await store.mailboxes.subscriptions(account)), [
      'Archive',
      'Drafts',
      'INBOX',
      'Sent',
      'Trash',
      'box',
      'never/made',
    ]);
  });

  test('STATUS counts what is there', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const samples = [
      sampleMessage({ flags: ['\\Seen'] }),
      sampleMessage({ flags: ['\\Deleted'] }),
      sampleMessage(),
    ];
    must(await store.messages.append(account, inbox, samples));
    const status = must(await store.mailboxes.status(account, [inbox])).get(inbox);
    const snapshot = must(await store.messages.select(account, inbox));
    assert.deepEqual(status, {
      messages: 3,
      unseen: 2,
      deleted: 1,
      uidNext: 4,
      uidValidity: snapshot.uidValidity,
      highestModSeq: snapshot.highestModSeq,
      sizeBytes: samples.reduce((sum, { summary }) => sum + summary.sizeBytes, 0),
    });
    const gone = must(await store.mailboxes.create(account, 'gone'));
    must(await store.mailboxes.remove(account, gone.id));
    assert.equal(must(await store.mailboxes.status(account, [gone.id])).size, 0);
  });
}

async function names({ store }: StoreUnderTest, account: AccountId): Promise<readonly string[]> {
  return must(await store.mailboxes.list(account)).map(({ name }) => name);
}
