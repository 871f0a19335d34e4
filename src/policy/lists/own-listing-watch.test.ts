import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createFakeResolver } from '#platform/fake-resolver.ts';
import type { ZoneTable } from '#platform/fake-resolver.ts';
import type { Resolver } from '#platform/resolver.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Event } from '#trace/events.ts';
import { listsFor, only } from './lists.fixture.ts';
import { OwnListingWatch } from './own-listing-watch.ts';
import type { OwnWatchRules } from './own-listing-watch.ts';

const hourMs = 3_600_000;
const alive: ZoneTable = {
  '2.0.0.127.psbl.surriel.com': { A: ['127.0.0.2'] },
  '2.0.0.127.zen.spamhaus.org': { A: ['127.0.0.2'] },
  'test.uri.example': { A: ['127.0.0.2'] },
};

function world(
  rules: Partial<OwnWatchRules> = {},
  own = { addresses: ['203.0.113.9'], domains: ['ours.example'] },
) {
  const clock = createFakeClock();
  const events: Event[] = [];
  const zone: Record<string, ZoneTable[string]> = { ...alive };
  const asked: string[] = [];
  const resolver: Resolver = {
    ask: (name, type) => {
      asked.push(name);
      return createFakeResolver(zone).ask(name, type);
    },
  };
  const { settings } = createMemoryStore({ clock, random: createFakeRandom(1) });
  const { dns } = listsFor({
    clock,
    resolver,
    settings,
    checks: only('psbl', 'own-domain-lists'),
    values: { domainZones: ['uri.example'] },
  });
  const watch = new OwnListingWatch({
    dns,
    resolver,
    clock,
    random: createFakeRandom(2),
    events: { emit: (event) => events.push(event) },
    rules: { watchEveryMs: 6 * hourMs, watchAlso: [], watchAddresses: [], ...rules },
    own: () => own,
  });
  return { clock, zone, asked, events, watch };
}

test('P-11: our own addresses and domains are looked up at an interval; a listing raises an event, once', async () => {
  const { clock, zone, events, watch } = world();
  const ending = new AbortController();
  const watching = watch.watch(ending.signal);
  await clock.advance(60_000);
  assert.equal(watch.report.listings.length, 0);
  assert.deepEqual(watch.report.lists, ['psbl', 'uri.example']);
  zone['9.113.0.203.psbl.surriel.com'] = { A: ['127.0.0.2'] };
  zone['ours.example.uri.example'] = { A: ['127.0.0.2'] };
  await clock.advance(7 * hourMs);
  await clock.advance(7 * hourMs);
  assert.deepEqual(
    events.map((event) => [event.name, 'subject' in event ? event.subject : '']),
    [
      ['own-listing', '203.0.113.9'],
      ['own-listing', 'ours.example'],
    ],
  );
  assert.deepEqual(watch.report.listings[0]?.meanings, ['a source of spam']);
  delete zone['9.113.0.203.psbl.surriel.com'];
  await clock.advance(7 * hourMs);
  assert.equal(events.at(-1)?.name, 'own-listing-ended');
  assert.equal(watch.report.listings.length, 1);
  ending.abort();
  await watching;
});

test('P-11: an error of a list is no listing, and ends none', async () => {
  const { clock, zone, events, watch } = world();
  zone['9.113.0.203.psbl.surriel.com'] = { A: ['127.0.0.2'] };
  await watch.check();
  assert.equal(watch.report.listings.length, 1);
  zone['9.113.0.203.psbl.surriel.com'] = { A: ['127.255.255.254'] };
  await watch.check();
  assert.equal(watch.report.listings.length, 1);
  assert.deepEqual(watch.report.unasked, [
    { list: 'psbl', problem: 'it does not answer to a public resolver' },
  ]);
  assert.equal(events.length, 1);
  await clock.advance(0);
});

test('P-11: other lists are asked about ourselves where that is wanted, and addresses that no interface has', async () => {
  const { zone, asked, watch } = world({ watchAlso: ['spamhaus-zen'], watchAddresses: ['198.51.100.7'] });
  zone['7.100.51.198.zen.spamhaus.org'] = { A: ['127.0.0.4'] };
  await watch.check();
  assert.deepEqual(
    watch.report.listings.map(({ list, subject }) => `${list} ${subject}`),
    ['spamhaus-zen 198.51.100.7'],
  );
  assert.ok(!asked.some((name) => name.endsWith('dbl.spamhaus.org')));
  const off = world({ watchEveryMs: 0 });
  const ending = new AbortController();
  const watching = off.watch.watch(ending.signal);
  await off.clock.advance(24 * hourMs);
  assert.deepEqual(off.asked, []);
  ending.abort();
  await watching;
});

test('P-11: what is ours no more is not told of', async () => {
  const own = { addresses: ['203.0.113.9'], domains: [] as string[] };
  const { zone, watch } = world({}, own);
  zone['9.113.0.203.psbl.surriel.com'] = { A: ['127.0.0.2'] };
  await watch.check();
  own.addresses.length = 0;
  await watch.check();
  assert.deepEqual(watch.report.listings, []);
});
