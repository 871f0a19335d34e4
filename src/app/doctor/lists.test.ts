import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import { listsFor, only } from '#policy/lists/lists.fixture.ts';
import { parseLocalSubject } from '#policy/local-lists/local-entry.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { DoctorWorld } from './doctor-world.ts';
import { listsCheck } from './lists.ts';

function world(zone: ZoneTable, given: Partial<Parameters<typeof listsFor>[0]> = {}) {
  const clock = createFakeClock();
  const { settings } = createMemoryStore({ clock, random: createFakeRandom(1) });
  return listsFor({ clock, resolver: createFakeResolver(zone), settings, checks: only('psbl'), ...given });
}

async function told(lists: DoctorWorld['lists']): Promise<readonly string[]> {
  const check = listsCheck({ lists } as DoctorWorld);
  const found = await check.run(new AbortController().signal);
  return found.map(({ state, what }) => `${state}: ${what}`);
}

const alive: ZoneTable = { '2.0.0.127.psbl.surriel.com': { A: ['127.0.0.2'] } };

test('P-22: doctor tells of lists that are dead, and of resolvers that lists do not answer', async () => {
  assert.deepEqual(await told(world(alive)), ['pass: psbl in use']);
  assert.deepEqual(await told(world({})), [
    'warn: Passive Spam Block List is not asked: it does not list its own test entry',
  ]);
  assert.deepEqual(await told(world(alive, { publicResolvers: ['8.8.8.8'] })), [
    'warn: psbl: not asked, since the resolver 8.8.8.8 is a public one',
  ]);
  assert.deepEqual(await told(undefined), ['skip: the store could not be opened']);
});

test('P-11: doctor fails while one of our own addresses is listed', async () => {
  const zone = { ...alive, '9.113.0.203.psbl.surriel.com': { A: ['127.0.0.2'] } };
  const lists = world(zone, { own: { addresses: ['203.0.113.9'], domains: [] } });
  await lists.own.check();
  assert.deepEqual(await told(lists), ['fail: 203.0.113.9 is listed by psbl: a source of spam']);
});

test('P-24: doctor tells of entries that match nobody, and of files that are not read', async () => {
  const lists = world(alive, { fileValues: { networks: ['/missing'] } });
  await lists.files.refresh();
  const subject = parseLocalSubject('country:DE');
  assert.ok(subject !== undefined);
  lists.local.add({ list: 'block', subject, origin: 'administrator' });
  assert.deepEqual(await told(lists), [
    'warn: /missing (networks) is not read: ENOENT',
    'warn: entries by country match nobody',
  ]);
});
