import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import {
  accountTest,
  deliver,
  filesBelow,
  inboxOf,
  newAccount,
  newQueueId,
  uidsOf,
} from './account-acts.fixture.ts';
import { readBytesMax } from './account-page.ts';

accountTest(
  'STORAGE §2: a delivery happens once, though its message is gone and the file was reopened',
  async (under) => {
    const account = await newAccount(under);
    const queueId = newQueueId(under);
    assert.equal(await deliver(under, account, sampleMessage(), queueId), 'delivered');
    must(await under.files.messages.expunge(account, await inboxOf(under, account), 'all', false));
    assert.equal(await deliver(under, account, sampleMessage(), queueId), 'already');
    await under.files.close();
    await under.reopen();
    const both = await Promise.all([
      deliver(under, account, sampleMessage(), queueId),
      deliver(under, account, sampleMessage(), newQueueId(under)),
    ]);
    assert.deepEqual(both, ['already', 'delivered']);
    const twice = newQueueId(under);
    const lot = await Promise.all([
      deliver(under, account, sampleMessage(), twice),
      deliver(under, account, sampleMessage(), twice),
    ]);
    assert.deepEqual(lot.sort(), ['already', 'delivered']);
  },
);

accountTest('every byte of the fields in front arrives, and of the body behind them', async (under) => {
  const account = await newAccount(under);
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');
  const message = sampleMessage({ body: 'ü€😀' });
  const prefix = Buffer.from(`X-Bytes: ${every}\r\n`, 'latin1');
  assert.equal(await deliver(under, account, { ...message, prefix }), 'delivered');
  const inbox = await inboxOf(under, account);
  const uids = await uidsOf(under, account);
  const [row] = must(await under.files.messages.read(account, inbox, uids, new Set(['body'] as const), 1));
  assert.ok(message.body.kind === 'bytes' && row?.body !== undefined);
  assert.deepEqual(Buffer.from(row.body), Buffer.concat([prefix, message.body.bytes]));
});

accountTest('STORAGE §1: a small delivery writes at most five pages', async (under) => {
  const account = await newAccount(under);
  for (let n = 0; n < 20; n += 1) await deliver(under, account);
  must(await under.files.messages.synced(account));
  const walBytes = async (): Promise<number> => {
    const [wal = ''] = await filesBelow(under.folder, '-wal');
    return (await stat(wal)).size;
  };
  for (const [size, pagesMax] of [
    [500, 5],
    [2_000, 5.25],
    [4_000, 6.25],
  ] as const) {
    // A fresh file has a short WAL: no checkpoint falls into the measurement.
    await under.files.release(account);
    await deliver(under, account);
    const before = await walBytes();
    const deliveries = 20;
    for (let n = 0; n < deliveries; n += 1)
      await deliver(under, account, sampleMessage({ body: `${'x'.repeat(70)}\r\n`.repeat(size / 72) }));
    const pages = ((await walBytes()) - before) / (4096 + 24) / deliveries;
    // A new leaf writes its parent and the first page of the file along with it; 4 KiB overflow into one more.
    assert.ok(pages > 2.5 && pages <= pagesMax, `${size} bytes: ${pages} pages`);
  }
});

accountTest(
  'more accounts than open files: all keep their mail',
  async (under) => {
    const accounts = [];
    for (let n = 0; n < 8; n += 1) accounts.push(await newAccount(under));
    for (let round = 0; round < 3; round += 1)
      await Promise.all(accounts.map((account) => deliver(under, account)));
    for (const account of accounts) assert.deepEqual(await uidsOf(under, account), [1, 2, 3]);
    // Files too many are closed behind whoever opened the next one, so that nobody waits for it.
    const openFiles = async (): Promise<number> => (await filesBelow(under.folder, '-wal')).length;
    for (let waits = 0; waits < 500 && (await openFiles()) > 2; waits += 1) await delay(20);
    assert.ok((await openFiles()) <= 2);
  },
  { handlesMax: 2 },
);

accountTest('S-09: a read opens no more than fits, and says so by where it ends', async (under) => {
  const account = await newAccount(under);
  const inbox = await inboxOf(under, account);
  const messages = Array.from({ length: 7 }, (_, n) =>
    sampleMessage({ subject: `${n} ${'s'.repeat(readBytesMax / 3)}` }),
  );
  must(await under.files.messages.append(account, inbox, messages));
  must(await under.files.messages.expunge(account, inbox, [2], false));
  const read = async (uids: readonly number[]) =>
    must(await under.files.messages.read(account, inbox, uids, new Set(['summary'] as const), 256)).map(
      ({ uid }) => uid,
    );
  assert.deepEqual(await read([1, 2, 3, 4, 5, 6, 7]), [1, 3, 4]);
  assert.deepEqual(await read([5, 6, 7]), [5, 6, 7]);
});

accountTest('subscriptions are what they were, asked before or not', async (under) => {
  const account = await newAccount(under);
  const { mailboxes } = under.files;
  const before = must(await mailboxes.subscriptions(account));
  must(await mailboxes.subscribe(account, 'b/c', true));
  must(await mailboxes.subscribe(account, 'a', true));
  must(await mailboxes.subscribe(account, 'Sent', false));
  const after = [...before, 'b/c', 'a'].filter((name) => name !== 'Sent').sort();
  assert.deepEqual(must(await mailboxes.subscriptions(account)), after);
  await under.files.close();
  await under.reopen();
  assert.deepEqual(must(await under.files.mailboxes.subscriptions(account)), after);
  const sent = must(await under.files.mailboxes.list(account)).find(({ name }) => name === 'Sent');
  assert.equal(sent?.subscribed, false);
});
