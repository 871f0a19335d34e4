import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId } from '#base/id.ts';
import { ok } from '#base/result.ts';
import type { AccountRecord, DomainRecord } from '#store/contract/accounts.ts';
import { must, mustFail } from '#store/contract-suite/store-under-test.ts';
import { emptyTables } from '#store/directory-tables.ts';
import { noQuota } from '#store/quota.ts';
import { accountRooms } from './account-rooms.ts';

const accountsCount = 300;
const one = { bytes: 10, messages: 1 };

/** A domain of many accounts with one message each, and how often an account was looked into. */
function limitedDomain(messages: number) {
  const tables = emptyTables();
  const quota = { bytes: undefined, messages };
  tables.domains.set('a.test', { quota } as DomainRecord);
  const ids = Array.from({ length: accountsCount }, (_, n) => `${n}` as AccountId);
  for (const id of ids) {
    const address = { local: id, domain: 'a.test' };
    tables.accounts.set(id, { id, address, quota: noQuota } as unknown as AccountRecord);
  }
  const looked = { times: 0 };
  const rooms = accountRooms(tables, async () => {
    looked.times += 1;
    return ok({ usage: one, modseq: 5 });
  });
  return { rooms, looked, first: '0' as AccountId };
}

test("a domain's sum is read once; then a question looks into no account", async () => {
  const { rooms, looked, first } = limitedDomain(accountsCount + 1);
  await Promise.all([rooms.ask(first, one), rooms.ask(first, one)]);
  assert.equal(looked.times, accountsCount);
  must(await rooms.ask(first, one));
  rooms.holds(first, { usage: { bytes: 20, messages: 2 }, modseq: 6 });
  mustFail(await rooms.ask(first, one), 'over-quota');
  assert.equal(looked.times, accountsCount);
});

test('an answer that was overtaken by a later one changes nothing', async () => {
  const { rooms, first } = limitedDomain(accountsCount + 1);
  must(await rooms.ask(first, one));
  rooms.holds(first, { usage: { bytes: 20, messages: 2 }, modseq: 8 });
  rooms.holds(first, { usage: one, modseq: 7 });
  mustFail(await rooms.ask(first, one), 'over-quota');
});

test('what is about to be added counts until it is done', async () => {
  const { rooms, first } = limitedDomain(accountsCount + 1);
  const taken = must(await rooms.take(first, async () => ok(one)));
  mustFail(await rooms.ask(first, one), 'over-quota');
  taken[Symbol.dispose]();
  must(await rooms.ask(first, one));
});
