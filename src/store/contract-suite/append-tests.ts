import assert from 'node:assert/strict';
import type { AccountId, MailboxId, QueueId } from '#base/id.ts';
import type { Result } from '#base/result.ts';
import { inlineBodyBytesMax, keywordsPerMailboxMax } from '../contract/messages.ts';
import type { NewMessage } from '../contract/messages.ts';
import type { Trouble } from '../contract/trouble.ts';
import { sampleMessage, sampleSummary, sampleText } from './sample-message.ts';
import {
  asJson,
  collect,
  createAccount,
  createInbox,
  home,
  mailboxId,
  must,
  mustFail,
  newId,
} from './store-under-test.ts';
import type { StoreTest, StoreUnderTest } from './store-under-test.ts';

export function appendTests(test: StoreTest): void {
  test('appended messages read back as they are', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const one = sampleMessage({
      prefix: 'Return-Path: <>\r\n',
      flags: ['\\seen', 'Work', 'work'],
      subject: 'One',
    });
    const two = sampleMessage({ subject: 'Two', internalDateMs: 1_600_000_000_000 });
    const appended = must(await store.messages.append(account, inbox, [one, two]));
    const snapshot = must(await store.messages.select(account, inbox));
    assert.deepEqual([...snapshot.uids], [1, 2]);
    assert.deepEqual([...snapshot.flags], [1 | 32, 0]);
    assert.deepEqual(
      [...snapshot.modseqs],
      appended.map(({ modseq }) => modseq),
    );
    assert.deepEqual(snapshot.keywords, ['Work']);
    assert.equal(snapshot.uidNext, 3);
    assert.ok(appended.every(({ uidValidity }) => uidValidity === snapshot.uidValidity));
    const rows = must(
      await store.messages.read(account, inbox, [1, 2, 9], new Set(['summary', 'headers', 'body']), 256),
    );
    assert.equal(rows.length, 2);
    for (const [i, message] of [one, two].entries()) {
      const row = rows[i];
      assert.ok(row);
      assert.deepEqual(asJson(row.summary), asJson(message.summary));
      assert.equal(row.sizeBytes, message.summary.sizeBytes);
      assert.equal(row.internalDateMs, message.internalDateMs);
      assert.deepEqual(Buffer.from(row.body ?? []), wholeOf(message));
      assert.deepEqual(
        Buffer.from(row.headers ?? []),
        wholeOf(message).subarray(0, message.summary.structure.header.end),
      );
      assert.match(row.emailId, /^[0-9A-Z]{26}$/);
      assert.deepEqual(
        Buffer.from(await collect(store.messages.body(account, inbox, row.uid))),
        wholeOf(message),
      );
    }
    assert.notEqual(rows[0]?.emailId, rows[1]?.emailId);
    assert.deepEqual(must(await store.accounts.usage(account)), {
      bytes: one.summary.sizeBytes + two.summary.sizeBytes,
      messages: 2,
    });
  });

  test('a reader gets only what it needs, ascending, at most a page', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    must(
      await store.messages.append(
        account,
        inbox,
        Array.from({ length: 300 }, () => sampleMessage()),
      ),
    );
    const all = Array.from({ length: 300 }, (_, i) => i + 1);
    const rows = must(await store.messages.read(account, inbox, all.toReversed(), new Set(['flags']), 1000));
    assert.deepEqual(
      rows.map(({ uid }) => uid),
      all.slice(0, 256),
    );
    assert.equal(rows[0]?.summary, undefined);
    assert.equal(rows[0]?.headers, undefined);
    assert.equal(rows[0]?.body, undefined);
    assert.equal(must(await store.messages.read(account, inbox, all, new Set(['summary']), 3)).length, 3);
  });

  test('a range of the body is clipped to it', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const message = sampleMessage({ prefix: 'X: y\r\n' });
    const whole = wholeOf(message);
    must(await store.messages.append(account, inbox, [message]));
    for (const [start, end] of [
      [0, 3],
      [4, 9],
      [6, 20],
      [10, 1e9],
      [1e9, 2e9],
      [5, 5],
    ] as const) {
      const bytes = await collect(store.messages.body(account, inbox, 1, { start, end }));
      assert.deepEqual(Buffer.from(bytes), whole.subarray(start, end), `${start}-${end}`);
    }
    for await (const frame of store.messages.body(account, inbox, 7)) mustFail(frame, 'not-found');
  });

  test('large bodies stay outside, are linked and go with their last message', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const message = await largeMessage(under);
    const whole = Buffer.from(sampleText({ body: largeBody }));
    must(await store.messages.append(account, inbox, [message]));
    if (message.body.kind === 'blob') await store.blobs.remove(message.body.id);
    const [row] = must(await store.messages.read(account, inbox, [1], new Set(['headers', 'body']), 1));
    assert.equal(row?.body, undefined);
    assert.deepEqual(
      Buffer.from(row?.headers ?? []),
      whole.subarray(0, message.summary.structure.header.end),
    );
    const archive = await mailboxId(under, account, 'Archive');
    must(await store.messages.copy(account, inbox, [1], archive));
    must(await store.messages.expunge(account, inbox, 'all', false));
    assert.deepEqual(Buffer.from(await collect(store.messages.body(account, archive, 1))), whole);
    const range = { start: inlineBodyBytesMax - 3, end: inlineBodyBytesMax + 5 };
    assert.deepEqual(
      Buffer.from(await collect(store.messages.body(account, archive, 1, range))),
      whole.subarray(range.start, range.end),
    );
    must(await store.messages.expunge(account, archive, 'all', false));
    assert.deepEqual(must(await store.accounts.usage(account)), { bytes: 0, messages: 0 });
  });

  test('an append is all or nothing', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    for (const flag of ['\\Nonsense', 'two words', 'a"b', '', 'par(en']) {
      mustFail(
        await store.messages.append(account, inbox, [sampleMessage(), sampleMessage({ flags: [flag] })]),
        'invalid',
      );
    }
    assert.equal(must(await store.messages.select(account, inbox)).uids.length, 0);
    assert.deepEqual(must(await store.messages.append(account, inbox, [])), []);
    must(await store.messages.append(account, inbox, [sampleMessage({ flags: ['\\Recent'] })]));
    assert.deepEqual([...must(await store.messages.select(account, inbox)).flags], [0]);
  });

  test('an append with a key happens once', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const first = must(await store.messages.append(account, inbox, [sampleMessage()], 'key-1'));
    assert.deepEqual(must(await store.messages.append(account, inbox, [sampleMessage()], 'key-1')), first);
    must(await store.messages.append(account, inbox, [sampleMessage()], 'key-2'));
    must(await store.messages.expunge(account, inbox, 'all', false));
    assert.deepEqual(must(await store.messages.append(account, inbox, [sampleMessage()], 'key-1')), first);
    assert.equal(must(await store.messages.select(account, inbox)).uids.length, 0);
  });

  test('quotas of account and domain hold for appends and copies, not for what the queue accepted', async (under) => {
    const { store } = under;
    const size = sampleMessage().summary.sizeBytes;
    const { account, inbox } = await createInbox(under, { quota: { bytes: size * 2, messages: undefined } });
    must(await store.messages.append(account, inbox, [sampleMessage()]));
    must(await store.messages.room(account, size));
    assert.deepEqual(mustFail(await store.messages.room(account, size + 1), 'over-quota'), {
      code: 'over-quota',
      scope: 'account',
      limit: 'bytes',
    });
    mustFail(await store.messages.append(account, inbox, [sampleMessage(), sampleMessage()]), 'over-quota');
    must(await store.messages.copy(account, inbox, [1], inbox));
    mustFail(await store.messages.copy(account, inbox, [1], inbox), 'over-quota');
    const key = { queueId: newId<QueueId>(under), recipient: 'user@example.test' };
    assert.equal(
      must(
        await store.messages.deliver(
          account,
          sampleMessage(),
          { into: [{ mailbox: 'INBOX', flags: [] }] },
          key,
        ),
      ),
      'delivered',
    );
    must(await store.messages.move(account, inbox, [1], await mailboxId(under, account, 'Trash')));
    const version = must(await store.accounts.get(account)).version;
    must(await store.accounts.change(account, { quota: { bytes: undefined, messages: 4 } }, version));
    must(await store.messages.room(account, 1e9));
    must(await store.messages.append(account, inbox, [sampleMessage()]));
    assert.deepEqual(mustFail(await store.messages.room(account, 0), 'over-quota'), {
      code: 'over-quota',
      scope: 'account',
      limit: 'messages',
    });
    must(
      await store.accounts.change(account, { quota: { bytes: undefined, messages: undefined } }, version + 1),
    );
    must(await store.domains.change(home, { quota: { bytes: size * 4, messages: undefined } }, 1));
    assert.deepEqual(mustFail(await store.messages.room(account, 1), 'over-quota'), {
      code: 'over-quota',
      scope: 'domain',
      limit: 'bytes',
    });
    must(await store.messages.expunge(account, inbox, 'all', false));
    must(await store.messages.room(account, size));
  });

  test('of simultaneous appends no more are taken than the quotas of account and domain allow', async (under) => {
    const { store } = under;
    const quota = { bytes: undefined, messages: 2 };
    const { account, inbox } = await createInbox(under, { quota });
    const other = await createAccount(under, 'other');
    const otherInbox = await mailboxId(under, other.id, 'INBOX');
    const appends = (id: AccountId, mailbox: MailboxId): Promise<Result<unknown, Trouble>>[] =>
      Array.from({ length: 3 }, () => store.messages.append(id, mailbox, [sampleMessage()]));
    const own = await Promise.all(appends(account, inbox));
    assert.equal(own.filter(({ ok }) => ok).length, 2);
    must(await store.domains.change(home, { quota: { bytes: undefined, messages: 4 } }, 1));
    must(await store.messages.room(other.id, 1));
    const ofDomain = await Promise.all(appends(other.id, otherInbox));
    assert.equal(ofDomain.filter(({ ok }) => ok).length, 2);
    mustFail(await store.messages.room(other.id, 1), 'over-quota');
    must(await store.accounts.remove(account));
    must(await store.messages.room(other.id, 1));
    assert.equal((await Promise.all(appends(other.id, otherInbox))).filter(({ ok }) => ok).length, 2);
  });

  test('a repeated append of the same key has its first answer, though the quota is full now', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under, { quota: { bytes: undefined, messages: 1 } });
    const first = must(await store.messages.append(account, inbox, [sampleMessage()], 'key'));
    assert.deepEqual(must(await store.messages.append(account, inbox, [sampleMessage()], 'key')), first);
    must(await store.domains.change(home, { quota: { bytes: undefined, messages: 1 } }, 1));
    assert.deepEqual(must(await store.messages.append(account, inbox, [sampleMessage()], 'key')), first);
    mustFail(await store.messages.append(account, inbox, [sampleMessage()], 'other'), 'over-quota');
  });

  test('a mailbox knows 26 keywords at once and reuses those that nobody bears', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const keywords = Array.from({ length: keywordsPerMailboxMax }, (_, i) => `k${i}`);
    must(await store.messages.append(account, inbox, [sampleMessage({ flags: keywords }), sampleMessage()]));
    mustFail(await store.messages.flags(account, inbox, [2], { mode: 'add', flags: ['one-more'] }), 'limit');
    mustFail(await store.messages.append(account, inbox, [sampleMessage({ flags: ['one-more'] })]), 'limit');
    must(await store.messages.flags(account, inbox, [1], { mode: 'remove', flags: ['K7'] }));
    must(await store.messages.flags(account, inbox, [2], { mode: 'add', flags: ['one-more'] }));
    const snapshot = must(await store.messages.select(account, inbox));
    assert.equal(snapshot.keywords.length, keywordsPerMailboxMax);
    assert.ok(snapshot.keywords.includes('one-more') && !snapshot.keywords.includes('k7'));
    const key = { queueId: newId<QueueId>(under), recipient: 'user@example.test' };
    const into = [{ mailbox: 'INBOX', flags: ['does-not-fit', '\\Flagged'] }];
    assert.equal(must(await store.messages.deliver(account, sampleMessage(), { into }, key)), 'delivered');
    assert.equal(must(await store.messages.select(account, inbox)).flags[2], 4);
  });

  test('what is not there is not found', async (under) => {
    const { store } = under;
    const { account, inbox } = await createInbox(under);
    const other = must(await store.mailboxes.create(account, 'other'));
    must(await store.mailboxes.remove(account, other.id));
    mustFail(await store.messages.append(account, other.id, [sampleMessage()]), 'not-found');
    mustFail(await store.messages.select(account, other.id), 'not-found');
    mustFail(await store.messages.read(account, other.id, [1], new Set(), 1), 'not-found');
    mustFail(await store.messages.flags(account, other.id, [1], { mode: 'add', flags: [] }), 'not-found');
    mustFail(await store.messages.copy(account, inbox, [1], other.id), 'not-found');
    mustFail(await store.messages.move(account, other.id, [1], inbox), 'not-found');
    mustFail(await store.messages.expunge(account, other.id, 'all', false), 'not-found');
    mustFail(await store.messages.search(account, other.id, { kind: 'all' }), 'not-found');
    for await (const frame of store.messages.body(account, other.id, 1)) mustFail(frame, 'not-found');
    must(await store.accounts.remove(account));
    mustFail(await store.messages.select(account, inbox), 'not-found');
    mustFail(await store.messages.room(account, 1), 'not-found');
    mustFail(await store.messages.synced(account), 'not-found');
  });
}

const largeBody = 'line of text\r\n'.repeat(10_000);

async function largeMessage({ store }: StoreUnderTest): Promise<NewMessage> {
  const text = sampleText({ body: largeBody });
  const writer = store.blobs.create();
  await writer.write(Buffer.from(text));
  const committed = await writer.commit();
  assert.ok(committed.ok);
  return { ...sampleMessage(), body: { kind: 'blob', ...committed.value }, summary: sampleSummary(text) };
}

function wholeOf(message: NewMessage): Buffer {
  assert.equal(message.body.kind, 'bytes');
  return Buffer.concat([
    message.prefix,
    message.body.kind === 'bytes' ? message.body.bytes : new Uint8Array(),
  ]);
}
