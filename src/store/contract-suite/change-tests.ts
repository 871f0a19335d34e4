import assert from 'node:assert/strict';
import type { AccountId, MailboxId, QueueId } from '#base/id.ts';
import type { LedgerKey } from '../contract/messages.ts';
import { sampleMessage } from './sample-message.ts';
import { asJson, createInbox, mailboxId, must, mustFail, newId } from './store-under-test.ts';
import type { StoreTest, StoreUnderTest } from './store-under-test.ts';

const intoInbox = { into: [{ mailbox: 'INBOX', flags: [] }] };

export function changeTests(test: StoreTest): void {
  test('flags are added, removed and replaced; only real changes take a MODSEQ', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    must(
      await store.messages.append(account, inbox, [sampleMessage(), sampleMessage({ flags: ['\\Flagged'] })]),
    );
    const before = must(await store.messages.select(account, inbox));
    const added = must(
      await store.messages.flags(account, inbox, [2, 1, 1, 9], { mode: 'add', flags: ['\\FLAGGED'] }),
    );
    assert.deepEqual(
      added.changed.map(({ uid, flags }) => [uid, flags]),
      [
        [1, 4],
        [2, 4],
      ],
    );
    assert.ok((added.changed[0]?.modseq ?? 0) > before.highestModSeq);
    assert.equal(added.changed[1]?.modseq, before.modseqs[1]);
    const replaced = must(
      await store.messages.flags(account, inbox, [1], { mode: 'replace', flags: ['Later', '\\Seen'] }),
    );
    assert.equal(replaced.changed[0]?.flags, 1 | 32);
    const removed = must(
      await store.messages.flags(account, inbox, [1], { mode: 'remove', flags: ['later', 'unknown'] }),
    );
    assert.equal(removed.changed[0]?.flags, 1);
    assert.deepEqual(must(await store.messages.select(account, inbox)).keywords, ['Later']);
    mustFail(await store.messages.flags(account, inbox, [1], { mode: 'add', flags: ['\\What'] }), 'invalid');
  });

  test('UNCHANGEDSINCE leaves alone what changed since and names it', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    must(await store.messages.append(account, inbox, [sampleMessage(), sampleMessage()]));
    const since = must(await store.messages.select(account, inbox)).highestModSeq;
    must(await store.messages.flags(account, inbox, [2], { mode: 'add', flags: ['\\Seen'] }));
    const result = must(
      await store.messages.flags(account, inbox, [1, 2], { mode: 'add', flags: ['\\Draft'] }, since),
    );
    assert.deepEqual(result.modified, [2]);
    assert.deepEqual(
      result.changed.map(({ uid }) => uid),
      [1],
    );
    assert.deepEqual([...must(await store.messages.select(account, inbox)).flags], [16, 1]);
  });

  test('MODSEQ rises with every change of the account, over all mailboxes', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const archive = await mailboxId(under, account, 'Archive');
    let last = await highest(under, account);
    const acts: readonly (() => Promise<unknown>)[] = [
      () => store.messages.append(account, inbox, [sampleMessage(), sampleMessage()]),
      () => store.messages.append(account, archive, [sampleMessage()]),
      () => store.messages.flags(account, inbox, [1], { mode: 'add', flags: ['\\Seen'] }),
      () => store.messages.copy(account, inbox, [1], archive),
      () => store.messages.move(account, inbox, [1], archive),
      () => store.messages.expunge(account, archive, [1], false),
      () => store.messages.deliver(account, sampleMessage(), intoInbox, ledgerKey(under)),
      () => store.mailboxes.create(account, 'new'),
    ];
    for (const act of acts) {
      await act();
      const now = await highest(under, account);
      assert.ok(now > last, act.toString());
      last = now;
    }
    const { modseqs } = must(await store.messages.select(account, inbox));
    assert.equal(new Set(modseqs).size, modseqs.length);
  });

  test('UIDs are never used again', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const seen: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const appended = must(await store.messages.append(account, inbox, [sampleMessage(), sampleMessage()]));
      seen.push(...appended.map(({ uid }) => uid));
      must(await store.messages.expunge(account, inbox, 'all', false));
    }
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.equal(must(await store.messages.select(account, inbox)).uidNext, 9);
  });

  test('a copy keeps bytes, dates, flags and EMAILID; the save date is its own', async (under) => {
    const { store, clock } = under;
    const { account, inbox } = await createInbox(under);
    const archive = await mailboxId(under, account, 'Archive');
    must(await store.messages.append(account, archive, [sampleMessage({ flags: ['zero'] })]));
    must(
      await store.messages.append(account, inbox, [
        sampleMessage({ flags: ['\\Seen', 'Work'] }),
        sampleMessage(),
        sampleMessage(),
      ]),
    );
    await clock.advance(60_000);
    const copied = must(await store.messages.copy(account, inbox, [3, 1, 77], archive));
    assert.deepEqual(copied.pairs, [
      [1, 2],
      [3, 3],
    ]);
    const target = must(await store.messages.select(account, archive));
    assert.equal(copied.uidValidity, target.uidValidity);
    assert.deepEqual(target.keywords, ['zero', 'Work']);
    assert.equal(target.flags[1], 1 | 64);
    const [was] = must(await store.messages.read(account, inbox, [1], new Set(['body', 'summary']), 1));
    const [is] = must(await store.messages.read(account, archive, [2], new Set(['body', 'summary']), 1));
    assert.ok(was && is);
    assert.deepEqual(is.body, was.body);
    assert.deepEqual(asJson(is.summary), asJson(was.summary));
    assert.equal(is.emailId, was.emailId);
    assert.equal(is.internalDateMs, was.internalDateMs);
    assert.equal(is.savedAtMs, was.savedAtMs + 60_000);
    assert.equal(must(await store.accounts.usage(account)).messages, 6);
    assert.deepEqual(must(await store.messages.copy(account, inbox, [50], archive)).pairs, []);
  });

  test('a move leaves nothing behind and keeps EMAILID', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const archive = await mailboxId(under, account, 'Archive');
    must(
      await store.messages.append(account, inbox, [
        sampleMessage(),
        sampleMessage({ flags: ['\\Answered'] }),
      ]),
    );
    const [row] = must(await store.messages.read(account, inbox, [2], new Set(), 1));
    const before = must(await store.messages.select(account, inbox)).highestModSeq;
    const moved = must(await store.messages.move(account, inbox, [2, 5], archive));
    assert.deepEqual(moved.pairs, [[2, 1]]);
    assert.equal(must(await store.messages.select(account, inbox)).highestModSeq, moved.modseq);
    assert.ok(moved.modseq > before);
    assert.deepEqual([...must(await store.messages.select(account, inbox)).uids], [1]);
    const [there] = must(await store.messages.read(account, archive, [1], new Set(), 1));
    assert.equal(there?.emailId, row?.emailId);
    assert.equal(there?.flags, 2);
    assert.deepEqual(must(await store.changes.since(account, inbox, before)).vanished, [2]);
    assert.equal(must(await store.accounts.usage(account)).messages, 2);
  });

  test('expunge takes what is named, or only what is \\Deleted', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const deleted = { flags: ['\\Deleted'] };
    must(
      await store.messages.append(account, inbox, [
        sampleMessage(),
        sampleMessage(deleted),
        sampleMessage(deleted),
        sampleMessage(),
      ]),
    );
    const nothing = must(await store.messages.expunge(account, inbox, [1, 4], true));
    assert.deepEqual(nothing.uids, []);
    const one = must(await store.messages.expunge(account, inbox, [1, 3], true));
    assert.deepEqual(one.uids, [3]);
    assert.ok(one.modseq > nothing.modseq);
    assert.deepEqual(must(await store.messages.expunge(account, inbox, 'all', true)).uids, [2]);
    assert.deepEqual(must(await store.messages.expunge(account, inbox, [4, 9], false)).uids, [4]);
    assert.deepEqual(must(await store.messages.expunge(account, inbox, 'all', false)).uids, [1]);
    assert.deepEqual(must(await store.changes.since(account, inbox, 0)).vanished, [1, 2, 3, 4]);
  });

  test('changes since a MODSEQ are complete and no more', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    must(await store.messages.append(account, inbox, [sampleMessage(), sampleMessage(), sampleMessage()]));
    const since = must(await store.messages.select(account, inbox)).highestModSeq;
    const none = must(await store.changes.since(account, inbox, since));
    assert.deepEqual([none.changed, none.vanished, none.gone, none.uidNext], [[], [], false, 4]);
    must(await store.messages.flags(account, inbox, [2], { mode: 'add', flags: ['news'] }));
    must(await store.messages.expunge(account, inbox, [1], false));
    must(await store.messages.append(account, inbox, [sampleMessage()]));
    const some = must(await store.changes.since(account, inbox, since));
    assert.deepEqual(
      some.changed.map(({ uid, flags }) => [uid, flags]),
      [
        [2, 32],
        [4, 0],
      ],
    );
    assert.deepEqual(some.vanished, [1]);
    assert.deepEqual(some.keywords, ['news']);
    assert.equal(some.uidNext, 5);
    assert.equal(some.highestModSeq, must(await store.messages.select(account, inbox)).highestModSeq);
  });

  test('who watches an account is told to look again', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const notices: { readonly mailbox: MailboxId | undefined; readonly modseq: number }[] = [];
    const stop = store.changes.watch(account, (change) => notices.push(change));
    const [appended] = must(await store.messages.append(account, inbox, [sampleMessage()]));
    assert.ok(
      notices.some(({ mailbox, modseq }) => mailbox === inbox && modseq >= (appended?.modseq ?? Infinity)),
    );
    must(await store.messages.deliver(account, sampleMessage(), intoInbox, ledgerKey(under)));
    const delivered = must(await store.messages.select(account, inbox)).highestModSeq;
    assert.ok(notices.some(({ modseq }) => modseq >= delivered));
    stop();
    const count = notices.length;
    must(await store.messages.append(account, inbox, [sampleMessage()]));
    assert.equal(notices.length, count);
  });

  test('the ledger delivers once, also after the message is gone', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const key = ledgerKey(under);
    assert.equal(must(await store.messages.deliver(account, sampleMessage(), intoInbox, key)), 'delivered');
    assert.equal(must(await store.messages.deliver(account, sampleMessage(), intoInbox, key)), 'already');
    must(await store.messages.synced(account));
    must(await store.messages.expunge(account, inbox, 'all', false));
    assert.equal(must(await store.messages.deliver(account, sampleMessage(), intoInbox, key)), 'already');
    assert.equal(must(await store.messages.select(account, inbox)).uids.length, 0);
    const other = { ...key, recipient: 'user+x@example.test' };
    assert.equal(must(await store.messages.deliver(account, sampleMessage(), intoInbox, other)), 'delivered');
    assert.equal(
      must(await store.messages.deliver(account, sampleMessage(), { into: [] }, ledgerKey(under))),
      'delivered',
    );
    assert.equal(must(await store.messages.select(account, inbox)).uids.length, 1);
  });

  test('a delivery makes the mailboxes that it names, and concurrent ones are one', async (under) => {
    const { store } = under;
    const { account } = await createInbox(under);
    const plan = {
      into: [
        { mailbox: 'Lists/dev', flags: ['\\Seen'] },
        { mailbox: 'inbox', flags: ['$Junk'] },
      ],
    };
    const key = ledgerKey(under);
    const results = await Promise.all(
      Array.from({ length: 5 }, () => store.messages.deliver(account, sampleMessage(), plan, key)),
    );
    assert.deepEqual(results.map(must).sort(), ['already', 'already', 'already', 'already', 'delivered']);
    const dev = must(await store.messages.select(account, await mailboxId(under, account, 'Lists/dev')));
    const inbox = must(await store.messages.select(account, await mailboxId(under, account, 'INBOX')));
    assert.deepEqual([[...dev.flags], [...inbox.flags], inbox.keywords], [[1], [32], ['$Junk']]);
    mustFail(
      await store.messages.deliver(
        account,
        sampleMessage(),
        { into: [{ mailbox: 'a//b', flags: [] }] },
        ledgerKey(under),
      ),
      'invalid',
    );
  });
}

function ledgerKey(under: StoreUnderTest): LedgerKey {
  return { queueId: newId<QueueId>(under), recipient: 'user@example.test' };
}

async function highest({ store }: StoreUnderTest, account: AccountId): Promise<number> {
  const ids = must(await store.mailboxes.list(account)).map(({ id }) => id);
  const statuses = must(await store.mailboxes.status(account, ids));
  return Math.max(...statuses.values().map(({ highestModSeq }) => highestModSeq));
}
