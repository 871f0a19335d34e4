import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId } from '#base/id.ts';
import { sampleMessage } from '#store/contract-suite/sample-message.ts';
import { must } from '#store/contract-suite/store-under-test.ts';
import { accountsUnderTest } from './account.fixture.ts';

const id = '0000000000000000000000001b' as AccountId;

test('a mailbox is read whole where it ends with a page, before it and behind it', async () => {
  const under = await accountsUnderTest();
  under.newKey(id);
  must(await under.files.createFile(id));
  const inbox = must(await under.files.mailboxes.list(id)).find(({ name }) => name === 'INBOX')?.id;
  assert.ok(inbox);
  const { messages } = under.files;
  const uidsTo = (last: number): number[] => Array.from({ length: last }, (_, n) => n + 1);
  const check = async (count: number): Promise<void> => {
    const { uids, flags, modseqs } = must(await messages.select(id, inbox));
    assert.deepEqual([...uids], uidsTo(count));
    assert.ok(modseqs.every((modseq, n) => modseq > (modseqs[n - 1] ?? 0)));
    assert.deepEqual(new Set(flags), new Set([4]));
  };
  must(await messages.append(id, inbox, [sampleMessage({ flags: ['\\Flagged'] })]));
  for (let count = 1; count < 1_024; count *= 2) {
    must(await messages.copy(id, inbox, uidsTo(count), inbox));
  }
  await check(1_024);
  must(await messages.copy(id, inbox, [1], inbox));
  await check(1_025);
  must(await messages.expunge(id, inbox, [1_024, 1_025], false));
  await check(1_023);
  await under.dispose();
});
