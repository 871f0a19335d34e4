import assert from 'node:assert/strict';
import type { NewMessage } from '#store/contract/messages.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import { accountTest, deliver, inboxOf, newAccount, tamper, uidsOf } from './account-acts.fixture.ts';

accountTest('search finds the same in segments, beside them and after messages went', async (under) => {
  const account = await newAccount(under);
  const inbox = await inboxOf(under, account);
  const message = (n: number): NewMessage =>
    sampleMessage({ subject: `Number ${n}`, body: `Conference ${n % 7}\r\n` });
  const find = async (value: string): Promise<readonly number[]> => [
    ...must(await under.files.messages.search(account, inbox, { kind: 'text', field: 'body', value })),
  ];
  must(
    await under.files.messages.append(
      account,
      inbox,
      Array.from({ length: 400 }, (_, at) => message(at + 1)),
    ),
  );
  const before = await find('CONFEREN');
  assert.equal(before.length, 400);
  const sevens = await find('conference 3');
  must(await under.files.tend(account));
  const segmentBytes = async (): Promise<number> => {
    let bytes = 0;
    await tamper(under, account, ({ db }) => {
      bytes = Number(db.prepare('SELECT sum(length(head) + length(body)) AS n FROM segment').get()?.['n']);
    });
    return bytes;
  };
  const textBefore = await segmentBytes();
  assert.ok(textBefore > 1_000);
  assert.deepEqual(await find('CONFEREN'), before);
  assert.deepEqual(await find('conference 3'), sevens);
  must(await under.files.messages.append(account, inbox, [message(3)]));
  assert.deepEqual(await find('conference 3'), [...sevens, 401]);
  must(await under.files.messages.expunge(account, inbox, sevens, false));
  assert.deepEqual(await find('conference 3'), [401]);
  must(await under.files.tend(account));
  assert.deepEqual(await find('conference 3'), [401]);
  // What went is gone from the sealed text, too.
  assert.ok((await segmentBytes()) < textBefore * 0.95);
});

accountTest(
  'STORAGE §5: long work gives way at every step; what others do meanwhile does it no harm',
  async (under) => {
    const account = await newAccount(under);
    const inbox = await inboxOf(under, account);
    const junk = must(await under.files.mailboxes.list(account)).find(({ name }) => name === 'Junk')?.id;
    assert.ok(junk);
    const messages = Array.from({ length: 150 }, (_, at) => sampleMessage({ body: `Conference ${at}\r\n` }));
    must(await under.files.messages.append(account, inbox, messages));
    const all = await uidsOf(under, account);
    const odd = all.filter((uid) => uid % 2 === 1);
    const query = { kind: 'text', field: 'body', value: 'conference' } as const;
    const [found, flagged, copied, expunged, tended, delivered, selected] = await Promise.all([
      under.files.messages.search(account, inbox, query),
      under.files.messages.flags(account, inbox, all, { mode: 'add', flags: ['work'] }),
      under.files.messages.copy(account, inbox, all, junk),
      under.files.messages.expunge(account, inbox, odd, false),
      under.files.tend(account),
      deliver(under, account),
      under.files.messages.select(account, inbox),
    ]);
    const uids = new Set(must(found));
    for (const uid of all) if (uid % 2 === 0) assert.ok(uids.has(uid), `UID ${uid}`);
    assert.equal(must(flagged).changed.length, 150);
    // Before or after the expunge, whichever came first, but whole.
    const copies = must(copied).pairs.length;
    assert.ok(copies === 150 || copies === 75);
    assert.equal(must(expunged).uids.length, 75);
    must(tended);
    assert.equal(delivered, 'delivered');
    must(selected);
    must(await under.files.tend(account));
    assert.equal(must(await under.files.messages.search(account, inbox, query)).length, 75);
    assert.equal(must(await under.files.messages.search(account, junk, query)).length, copies);
    assert.equal(must(await under.files.held(account)).usage.messages, 75 + copies + 1);
  },
  { hurried: true },
);

accountTest(
  'text for search is taken out while its messages go',
  async (under) => {
    const account = await newAccount(under);
    const inbox = await inboxOf(under, account);
    must(
      await under.files.messages.append(
        account,
        inbox,
        Array.from({ length: 150 }, () => sampleMessage()),
      ),
    );
    const even = Array.from({ length: 75 }, (_, at) => 2 * at + 2);
    const tended = under.files.tend(account);
    await new Promise(setImmediate);
    for (const uid of even) must(await under.files.messages.expunge(account, inbox, [uid], false));
    must(await tended);
    must(await under.files.messages.select(account, inbox));
  },
  { hurried: true },
);
