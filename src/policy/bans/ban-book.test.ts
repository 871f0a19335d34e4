import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientAddress, parseNetwork } from '#base/client-address.ts';
import type { ClientAddress, Network } from '#base/client-address.ts';
import { createFakeClock } from '#platform/fake-clock.ts';
import { createFakeRandom } from '#platform/fake-random.ts';
import { createMemoryStore } from '#store/memory/memory-store.ts';
import type { Event } from '#trace/events.ts';
import { BanBook, banNetwork, bansMax } from './ban-book.ts';
import { banDefaults } from './ban-settings.ts';
import type { BanRules } from './ban-settings.ts';
import { BanStore } from './ban-store.ts';
import { CountedConnections } from './counted-connections.ts';

const minuteMs = 60_000;

function address(text: string): ClientAddress {
  return parseClientAddress(text) ?? assert.fail(text);
}

function network(text: string): Network {
  return parseNetwork(text) ?? assert.fail(text);
}

function world(change: Partial<BanRules> = {}) {
  const clock = createFakeClock();
  const store = createMemoryStore({ clock, random: createFakeRandom(1) });
  const events: Event[] = [];
  const lifted: Network[] = [];
  const kept = new BanStore(store.settings, ({ code }) => assert.fail(code));
  const rules: BanRules = { ...banDefaults, ...change };
  const book = new BanBook({
    clock,
    events: { emit: (event) => void events.push(event) },
    rules,
    changed: (where, ban) => kept.changed(where, ban),
    lifted: (where) => void lifted.push(where),
  });
  const strike = (client: string) =>
    book.strike({ client: address(client), reason: 'logins', evidence: { count: 20, users: ['root'] } });
  const isBanned = (client: string) => book.find(address(client)) !== undefined;
  return { clock, store, events, lifted, kept, book, rules, strike, isBanned };
}

test('bans rise with each time, expire, and begin anew after 30 quiet days (I-80, I-83)', async () => {
  const { clock, book, strike, isBanned } = world();
  const times: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    strike('203.0.113.5');
    const ban = book.find(address('203.0.113.5'));
    assert.ok(ban?.untilMs !== undefined);
    times.push((ban.untilMs - clock.now()) / minuteMs);
    await clock.advance(ban.untilMs - clock.now());
    assert.equal(isBanned('203.0.113.5'), false);
  }
  assert.deepEqual(times, [10, 40, 160, 640, 2560, 10_080, 10_080, 10_080]);
  await clock.advance(31 * 1440 * minuteMs);
  strike('203.0.113.5');
  assert.equal(book.find(address('203.0.113.5'))?.strikes, 1);
});

test('one client is banned in every spelling, its neighbours are not (S-07)', () => {
  const { strike, isBanned } = world();
  strike('203.0.113.5');
  strike('2001:db8::1');
  assert.deepEqual(
    ['203.0.113.5', '::ffff:203.0.113.5', '64:ff9b::203.0.113.5', '2001:db8::ffff'].map(isBanned),
    [true, true, true, true],
  );
  assert.deepEqual(['203.0.113.6', '2001:db8:0:1::1'].map(isBanned), [false, false]);
});

test('by hand any network, until it is lifted; what no ban may touch gets in whatever is banned', () => {
  const { book, isBanned, rules, lifted, events } = world();
  book.add(network('0.0.0.0/0'), { forMs: undefined, note: 'all' });
  book.add(network('::/0'), { forMs: minuteMs, note: undefined });
  assert.deepEqual(['127.0.0.1', '::1', '192.0.2.1'].map(isBanned), [true, true, true]);
  Object.assign(rules, { never: [network('192.0.2.0/24')] });
  assert.deepEqual(['192.0.2.1', '192.0.3.1'].map(isBanned), [false, true]);
  assert.equal(book.list().length, 2);
  assert.ok(book.remove(network('0.0.0.0/0')) !== undefined);
  assert.equal(book.remove(network('0.0.0.0/0')), undefined);
  assert.equal(isBanned('192.0.3.1'), false);
  assert.deepEqual(lifted, ['0.0.0.0/0']);
  assert.deepEqual(
    events.map(({ name }) => name),
    ['address-banned', 'address-banned', 'ban-lifted'],
  );
});

test('bans outlive a restart with their evidence', async () => {
  const { store, kept, strike, book } = world();
  strike('203.0.113.5');
  strike('2001:db8::1');
  book.add(network('198.51.100.0/24'), { forMs: undefined, note: 'said so' });
  book.remove(network('2001:db8::/64'));
  await kept.flush();
  const again = new BanStore(store.settings, ({ code }) => assert.fail(code));
  const bans = await again.load();
  assert.deepEqual(new Set(bans), new Set(book.list()));
  assert.equal(bans.length, 2);
  again.changed(network('203.0.113.5/32'), undefined);
  await again.flush();
  assert.equal((await new BanStore(store.settings, () => undefined).load()).length, 1);
});

test('the book is bounded; an administrator’s bans stay', () => {
  const { book, strike } = world();
  book.add(network('198.51.100.7/32'), { forMs: minuteMs, note: undefined });
  for (let index = 0; index <= bansMax; index += 1)
    strike(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
  assert.equal(book.list().length, bansMax);
  assert.ok(book.find(address('198.51.100.7')) !== undefined);
});

test('too many refused connections ban, spread over too long a time they do not (I-83)', async () => {
  const { book, clock, rules, isBanned } = world({ connectionsMax: 5, never: [network('192.0.2.1/32')] });
  const refused = new CountedConnections({ strike: (strike) => book.strike(strike), clock, rules });
  for (let index = 0; index < 12; index += 1) {
    refused.refused(address('203.0.113.5'), 'mx');
    await clock.advance(4 * minuteMs);
  }
  assert.equal(isBanned('203.0.113.5'), false);
  for (const client of ['203.0.113.5', '192.0.2.1'])
    for (let index = 0; index < 5; index += 1) refused.refused(address(client), 'mx');
  assert.equal(book.find(address('203.0.113.5'))?.reason, 'connections');
  assert.equal(isBanned('192.0.2.1'), false);
});

test('too many connections ban, refused or not, over all listeners (I-83)', async () => {
  const { book, clock, rules, isBanned } = world({ openedMax: 6, connectionsWindowMs: minuteMs });
  const counted = new CountedConnections({ strike: (strike) => book.strike(strike), clock, rules });
  const opened = (client: string, times: number) => {
    for (let index = 0; index < times; index += 1)
      counted.opened(address(client), index % 2 === 0 ? 'mx' : 'imaps');
  };
  opened('203.0.113.5', 5);
  await clock.advance(2 * minuteMs);
  opened('203.0.113.5', 5);
  assert.equal(isBanned('203.0.113.5'), false, 'not within the period');
  opened('2001:db8::1', 3);
  opened('2001:db8::2', 3);
  assert.equal(isBanned('2001:db8::ffff'), true, 'a /64 is one client');
  opened('203.0.113.5', 1);
  const ban = book.find(address('203.0.113.5'));
  assert.deepEqual([ban?.reason, ban?.evidence.count], ['connections', 6]);
  assert.equal(ban?.untilMs, clock.now() + rules.firstMs);
  Object.assign(rules, { openedMax: 0 });
  opened('198.51.100.1', 100);
  assert.equal(isBanned('198.51.100.1'), false, 'switched off at once');
});

test('what a person types: one IPv6 address means its /64', () => {
  const typed = ['203.0.113.5', '2001:db8::5', '2001:db8::5/128', '10.0.0.0/8', 'x', ''].map(banNetwork);
  assert.deepEqual(typed, [
    '203.0.113.5/32',
    '2001:db8::/64',
    '2001:db8::5/128',
    '10.0.0.0/8',
    undefined,
    undefined,
  ]);
});
