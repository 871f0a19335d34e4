import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Domain } from '#mail/domain.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { DkimKey } from '#store/contract/accounts.ts';
import { makeDkimKeys } from './dkim-keys.ts';
import { reviewOwnDkim } from './own-dkim.ts';

const domain = 'a.example' as Domain;
let keys: readonly DkimKey[] = [];
let others: readonly DkimKey[] = [];

before(async () => {
  [keys, others] = await Promise.all([makeDkimKeys(0), makeDkimKeys(0)]);
});

async function review(zone: ZoneTable): Promise<readonly string[]> {
  const world = { resolver: createFakeResolver(zone), clock: createFakeClock() };
  const judged = await reviewOwnDkim(domain, keys, world);
  return judged.map(({ result, detail }) => `${result}: ${detail}`);
}

function published(rows: readonly DkimKey[], change = (text: string): string => text): ZoneTable {
  return Object.fromEntries(
    rows.map(({ selector, record }) => [`${selector}._domainkey.${domain}`, { TXT: [change(record)] }]),
  );
}

test('P-20: a key is right when others can check what it signed', async () => {
  assert.deepEqual(await review(published(keys)), ['pass: others can check it', 'pass: others can check it']);
});

test('P-20: what is wrong with a published key is told', async () => {
  for (const [zone, words] of [
    [{}, /^permerror: /],
    [published(others), /^fail: another key than ours is published$/],
    [published(keys, (text) => text.replace(/p=.*/, 'p=')), /^permerror: .*revoked/],
    [published(keys, (text) => text.replace(/.{20}$/, '')), /^(permerror|policy|fail): /],
    [
      Object.fromEntries(keys.map(({ selector }) => [`${selector}._domainkey.${domain}`, 'timeout'])),
      /^temperror: /,
    ],
  ] as const satisfies readonly (readonly [ZoneTable, RegExp])[])
    for (const told of await review(zone)) assert.match(told, words);
});
